import type { Clock } from '../clock.js'
import type { LeftOut } from '../drain/drainable.js'

/** Before the process ends, what is not answered has this long to be told so. */
const lastWords = 100

/** What is still to come when `stop()` has resolved, and before the process may leave. */
export type Farewell = ReturnType<typeof createFarewell>

/** Creates an empty list of requests that a drain leaves out, and of what has to wait for their answers. */
export function createFarewell(clock: Clock, warn: (message: string) => void) {
  const open = new Set<LeftOut>()
  const closing = new Set<Promise<unknown>>()

  const end = () => {
    const ended = [...open].flatMap((each) => each.end() ?? [])
    for (const { method, path } of ended) {
      const what = [method, path].filter(Boolean).join(' ')
      warn(`${what} was given to stop() as \`except\`, and has no answer: it ends with the process`)
    }
    return ended.length > 0
  }

  const answered = () => Promise.all([...open].map((each) => each.answered))

  const settled = async () => {
    await answered()
    await Promise.all(closing)
  }

  return {
    /** The drain does not wait for this answer. */
    except(request: LeftOut) {
      open.add(request)
      void request.answered.then(() => open.delete(request))
    },
    /** A framework's close, which might end what is not answered: it comes behind the answers, and is not waited for then. */
    closing(close: () => unknown): unknown {
      if (open.size === 0) return close()
      const closed: Promise<unknown> = answered()
        .then(close)
        .catch(() => {})
        .then(() => closing.delete(closed))
      closing.add(closed)
      return undefined
    },
    get isOver() {
      return open.size === 0 && closing.size === 0
    },
    /** Resolves when every answer is out and every close has ended. */
    settled,
    /** The same; what is not answered shortly before `deadline` (Unix ms) is ended by force. True if something was. */
    async over(deadline: number): Promise<boolean> {
      let hasCut = false
      const cancel = clock.after(Math.max(0, deadline - lastWords - clock.now()), () => {
        hasCut = end()
      })
      await settled()
      cancel()
      return hasCut
    },
  }
}
