type Method = (...args: unknown[]) => unknown

/**
 * Puts what `make` gives in the place of a method of the process. What others put around it meanwhile stays.
 *
 * @param make gets the method as it was
 * @returns how to undo that
 */
export function replaceMethod(name: string, make: (original: Method) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name)
  const original: Method = (...args) => {
    const method = before ? (before.get ? before.get.call(process) : before.value) : undefined
    return Reflect.apply(method ?? Object.getPrototypeOf(process)[name], process, args)
  }
  const inner = make(original)
  let isOn = true
  const own: Method = (...args) => (isOn ? inner : original)(...args)
  // Where the process is hardened it stays as it is.
  const { configurable = true, enumerable = false } = before ?? {}
  Reflect.defineProperty(process, name, { value: own, writable: true, configurable, enumerable })
  return () => {
    isOn = false
    if (Object.getOwnPropertyDescriptor(process, name)?.value !== own) return
    if (before) Reflect.defineProperty(process, name, before)
    else Reflect.deleteProperty(process, name)
  }
}
