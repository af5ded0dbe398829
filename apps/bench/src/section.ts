/** A goal, and whether this run met it. */
export interface Verdict {
  readonly goal: string
  readonly met: boolean
}

/** One measurement, as it is printed and written. */
export interface Section {
  readonly title: string
  /** How it was measured, in a paragraph. */
  readonly how: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly verdicts: readonly Verdict[]
}

/** Renders a section as Markdown. */
export function renderSection({ title, how, head, rows, verdicts }: Section): string {
  const goals = verdicts.map(({ goal, met }) => `- ${met ? 'met' : '**missed**'}: ${goal}`)
  return [`## ${title}`, how, renderTable([head, ...rows]), goals.join('\n')].join('\n\n')
}

/** A table with its columns aligned, as the formatter would leave it. */
function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
