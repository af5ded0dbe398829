/** How long tests wait for what has to come, in milliseconds: longer than any busy machine takes. */
export const patience = Number(process.env['LAMEDUCK_TEST_PATIENCE'] ?? 100_000)

/**
 * Fails with a sentence instead of hanging: `what` is what did not happen. The promise itself goes on. A failure that comes
 * when the test has already failed elsewhere is not reported a second time.
 */
export function within<T>(promise: Promise<T>, ms: number, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} (waited ${ms} ms)`)), ms)
  })
  const first = Promise.race([promise, late]).finally(() => clearTimeout(timer))
  first.catch(() => {})
  return first
}
