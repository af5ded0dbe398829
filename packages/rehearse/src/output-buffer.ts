/** The last lines that a process wrote. */
export interface OutputBuffer {
  write(chunk: string): void
  /** The lines kept, oldest first; an unfinished last line is included. */
  lines(): string[]
}

/**
 * Keeps the last lines of a stream of text and forgets the rest.
 *
 * @param limit how many lines; a line keeps its first 1000 characters
 */
export function createOutputBuffer(limit = 40): OutputBuffer {
  const kept: string[] = []
  let rest = ''
  const keep = (line: string) => {
    kept.push(line.slice(0, 1000))
    if (kept.length > limit) kept.shift()
  }
  return {
    write(chunk) {
      const lines = (rest + chunk).split(/\r?\n/)
      rest = (lines.pop() ?? '').slice(0, 1000)
      for (const line of lines) keep(line)
    },
    lines: () => [...kept, ...(rest === '' ? [] : [rest])].slice(-limit),
  }
}
