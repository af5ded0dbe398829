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

/** Renders sections as Markdown. */
export function renderSections(sections: readonly Section[]): string {
  return sections.map(renderSection).join('\n\n')
}

function renderSection({ title, how, head, rows, verdicts }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const goals = verdicts.map(({ goal, met }) => `- ${met ? 'met' : '**missed**'}: ${goal}`)
  return [
    `## ${title}`,
    '',
    how,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    ...goals,
  ].join('\n')
}
