/**
 * Waits for a time, or until something else has happened.
 *
 * @param ms milliseconds
 * @param earlier ends the wait when it resolves; must not reject
 * @returns what `earlier` resolved with, or `undefined` when the time was over first
 */
export function pause<T>(ms: number, earlier: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms)
    void earlier.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}
