/** Causes of causes are followed this far: they may go in a circle. */
const deepest = 8

/** An error's code and the like. What else hangs on one may be a socket, or a whole configuration with its secrets. */
const isShort = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

const plain = (value: unknown, depth: number): unknown => {
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  if (depth > deepest) return `${name}: ${message}`
  const within = (each: unknown) => plain(each, depth + 1)
  return {
    ...Object.fromEntries(Object.entries(value).filter(([, own]) => isShort(own))),
    name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: within(cause) }),
    ...(value instanceof AggregateError ? { errors: value.errors.map(within) } : {}),
  }
}

/** An error as an object that survives `JSON.stringify`, its causes included; anything else as it is. */
export const plainError = (value: unknown): unknown => plain(value, 0)
