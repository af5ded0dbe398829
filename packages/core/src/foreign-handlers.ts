import type { ForeignHandler } from './process-listeners.js'

const longestSource = 200

/** The first words of a handler's source: enough to find it by. */
function sourceOf(handler: unknown): string {
  const original = (handler as { listener?: unknown }).listener ?? handler
  const source = String(original).replaceAll(/\s+/g, ' ')
  return source.length > longestSource ? `${source.slice(0, longestSource)} …` : source
}

/**
 * Warns of other people's signal handlers, of each only once: any of them may exit before the drain is over.
 *
 * @returns looks for new ones
 */
export function createForeignHandlerWarning(
  find: () => ForeignHandler[],
  warn: (message: string) => void,
): () => void {
  const known = new Set<unknown>()
  return () => {
    for (const { signal, handler, site } of find()) {
      if (known.has(handler)) continue
      known.add(handler)
      warn(
        `another ${signal} handler may end the process before the drain is over: ${sourceOf(handler)}` +
          `${site ? `, registered at ${site}` : ''}; ` +
          'remove it, and do what it does in lifecycle.onStop()',
      )
    }
  }
}
