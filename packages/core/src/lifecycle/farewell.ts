/** What is still to come when `stop()` has resolved, and before the process may leave. */
export type Farewell = ReturnType<typeof createFarewell>

/** Creates an empty list of requests that a drain leaves out, and of what has to wait for their answers. */
export function createFarewell() {
  const answers = new Set<Promise<void>>()
  const closing: Promise<unknown>[] = []
  return {
    /** The drain does not wait for this answer. */
    except(answered: Promise<void>) {
      answers.add(answered)
      void answered.then(() => answers.delete(answered))
    },
    /** What a framework's close has returned: as long as an answer is missing, it cannot end, and is not waited for. */
    closing(result: unknown): unknown {
      if (answers.size === 0) return result
      closing.push(Promise.resolve(result))
      return undefined
    },
    /** Resolves when every answer is out and every close has ended. */
    async over(): Promise<void> {
      await Promise.allSettled([...answers, ...closing])
    },
  }
}
