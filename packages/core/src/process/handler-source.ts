const longestSource = 200

/** The source of somebody else's handler in one line. */
function wholeSourceOf(handler: unknown): string {
  try {
    return String((handler as { listener?: unknown }).listener ?? handler).replaceAll(/\s+/g, ' ')
  } catch {
    return 'a function that cannot be shown'
  }
}

/** The first words of a handler's source: enough to find it by. */
export function sourceOf(handler: unknown): string {
  const source = wholeSourceOf(handler)
  return source.length > longestSource ? `${source.slice(0, longestSource)} …` : source
}

/** A handler that looks who else listens to the process, and leaves its end to them (the command `tsx`, signal-exit). */
export const isPolite = (handler: unknown): boolean =>
  /\bprocess\.(?:listeners|rawListeners|listenerCount)\(/.test(wholeSourceOf(handler))
