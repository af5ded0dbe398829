import type { Source } from '../text/source.js'

/** A file that stands in the Dockerfile itself. */
export interface Heredoc {
  readonly name: string
  readonly text: string
  /** Where its text begins. */
  readonly start: number
}

/** One instruction, however many lines it takes. */
export interface Instruction {
  /** In upper case. */
  readonly name: string
  /** What stands behind the name, with continued lines joined and comments between them left out. */
  readonly rest: string
  readonly start: number
  readonly end: number
  /** Where what stands behind the name begins. */
  readonly restStart: number
  readonly heredocs: readonly Heredoc[]
}

/** Words in JSON, if that is what stands there: the exec form. */
export function readExecForm(rest: string): readonly string[] | undefined {
  if (!/^\s*\[/.test(rest)) return undefined
  try {
    const words: unknown = JSON.parse(rest)
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined
  } catch {
    return undefined
  }
}

interface Line {
  readonly text: string
  readonly start: number
  readonly end: number
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  while (start <= text.length) {
    const end = text.indexOf('\n', start)
    const stop = end < 0 ? text.length : end
    lines.push({ text: text.slice(start, stop).replace(/\r$/, ''), start, end: stop })
    start = stop + 1
  }
  return lines
}

const comment = /^\s*#/
const blank = /^\s*$/

/** `# escape=` among the directives at the top. */
function escapeOf(lines: readonly Line[]): string {
  for (const { text } of lines) {
    const [, name = '', value = ''] = /^\s*#\s*(\w+)\s*=\s*(\S+)/.exec(text) ?? []
    if (name === '') return '\\'
    if (name.toLowerCase() === 'escape') return value === '`' ? '`' : '\\'
  }
  return '\\'
}

const heredocMark = /<<(-?)(["']?)([A-Za-z_]\w*)\2/g

/** Reads the heredocs that an instruction has announced, from line `at` on. */
function readHeredocs(
  rest: string,
  lines: readonly Line[],
  at: number,
): { heredocs: Heredoc[]; next: number } {
  const heredocs: Heredoc[] = []
  let next = at
  for (const [, dash, , name = ''] of rest.matchAll(heredocMark)) {
    const first = next
    while (next < lines.length) {
      const { text } = lines[next] as Line
      if ((dash ? text.replace(/^\t+/, '') : text) === name) break
      next++
    }
    const body = lines.slice(first, next)
    heredocs.push({ name, text: body.map(({ text }) => text).join('\n'), start: body[0]?.start ?? 0 })
    next++
  }
  return { heredocs, next }
}

/** Joins continued lines from line `first` on. */
function join(lines: readonly Line[], first: number, mark: string): { text: string; last: number } {
  let text = ''
  let last = first
  for (let at = first; at < lines.length; at++) {
    const line = (lines[at] as Line).text
    if (at > first && (comment.test(line) || blank.test(line))) continue
    last = at
    const trimmed = line.trimEnd()
    if (!trimmed.endsWith(mark)) return { text: text + line, last }
    text += trimmed.slice(0, -1)
  }
  return { text, last }
}

const hasHeredocs = new Set(['RUN', 'COPY', 'ADD', 'CMD', 'ENTRYPOINT'])

/** The instructions of a Dockerfile, in their order. */
export function readInstructions({ text }: Pick<Source, 'text'>): Instruction[] {
  const lines = linesOf(text.replace(/^\uFEFF/, ' '))
  const mark = escapeOf(lines)
  const instructions: Instruction[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] as Line
    if (comment.test(line.text) || blank.test(line.text)) {
      at++
      continue
    }
    const joined = join(lines, at, mark)
    const [, indent = '', word = '', gap = '', rest = ''] =
      /^(\s*)(\S+)(\s*)([\s\S]*)$/.exec(joined.text) ?? []
    const name = word.toUpperCase()
    const { heredocs, next } = hasHeredocs.has(name)
      ? readHeredocs(rest, lines, joined.last + 1)
      : { heredocs: [], next: joined.last + 1 }
    const start = line.start + indent.length
    const restStart = start + word.length + gap.length
    instructions.push({
      name,
      rest: rest.trim(),
      start,
      end: (lines[joined.last] as Line).end,
      restStart,
      heredocs,
    })
    at = next
  }
  return instructions
}
