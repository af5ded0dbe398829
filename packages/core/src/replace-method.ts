type Method = (...args: unknown[]) => unknown

/**
 * Puts what `make` gives in the place of an object's method. What others put around it meanwhile stays.
 *
 * @param make gets the method as it was
 * @returns how to undo that
 */
export function replaceMethod(owner: object, name: string, make: (original: Method) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  const original: Method = (...args) => {
    const method = before ? (before.get ? before.get.call(owner) : before.value) : undefined
    return Reflect.apply(method ?? Object.getPrototypeOf(owner)[name], owner, args)
  }
  const inner = make(original)
  let isOn = true
  const own: Method = (...args) => (isOn ? inner : original)(...args)
  // Where the process is hardened it stays as it is.
  const { configurable = true, enumerable = false } = before ?? {}
  Reflect.defineProperty(owner, name, { value: own, writable: true, configurable, enumerable })
  return () => {
    isOn = false
    if (Object.getOwnPropertyDescriptor(owner, name)?.value !== own) return
    if (before) Reflect.defineProperty(owner, name, before)
    else Reflect.deleteProperty(owner, name)
  }
}
