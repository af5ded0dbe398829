/** What a balancer wrote, and when. */
export interface BalancerLog {
  write(chunk: string): void
  /**
   * The last line that a program wrote about a request.
   *
   * @param pattern what such a line contains
   * @param from,to when it may have been written, by `performance.now()`
   */
  find(pattern: string, from: number, to: number): string | undefined
}

const limit = 5000

/** Keeps the last 5000 lines. */
export function createBalancerLog(): BalancerLog {
  const lines: { at: number; text: string }[] = []
  let rest = ''
  return {
    write(chunk) {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      const at = performance.now()
      for (const text of parts) lines.push({ at, text: text.slice(0, 1000) })
      if (lines.length > limit) lines.splice(0, lines.length - limit)
    },
    find: (pattern, from, to) =>
      lines.findLast(({ at, text }) => at >= from && at <= to && text.includes(pattern))?.text,
  }
}
