type Method = (...args: unknown[]) => unknown

/**
 * Puts what `make` gives in the place of a method of the process. What others put around it meanwhile stays.
 *
 * @param make gets the method as it was
 * @returns how to undo that
 */
export function replaceMethod(name: string, make: (original: Method) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name)
  const original: Method = (...args) =>
    Reflect.apply(before ? before.value : Object.getPrototypeOf(process)[name], process, args)
  const inner = make(original)
  let isOn = true
  const own: Method = (...args) => (isOn ? inner : original)(...args)
  Object.defineProperty(process, name, { value: own, configurable: true, writable: true })
  return () => {
    isOn = false
    if (Object.getOwnPropertyDescriptor(process, name)?.value !== own) return
    if (before) Object.defineProperty(process, name, before)
    else Reflect.deleteProperty(process, name)
  }
}
