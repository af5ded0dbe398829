import type { Summary } from '../judge/examine.js'
import type { Finding } from '../judge/finding.js'
import type { Paint } from './paint.js'

const styles = { error: 'red', warning: 'yellow', info: 'cyan' } as const

const label = ({ verdict, severity }: Finding) => (verdict === 'unknown' ? 'unknown' : severity)

function renderFinding(finding: Finding, paint: Paint): string {
  const { rule, name, place, computed, message, fix, verdict } = finding
  const style = verdict === 'unknown' ? 'dim' : styles[finding.severity]
  const head = `  ${place.line}:${place.column}  ${paint(style, label(finding).padEnd(7))}  ${paint('bold', rule)} ${name}`
  const lines = [computed && paint('bold', computed), message, `fix: ${fix}`]
  return [head, ...lines.filter((line) => line !== '').map((line) => `      ${line}`)].join('\n')
}

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

/** One line that says how much was found, and what was left out. */
export function renderSummary(summary: Summary): string {
  const { errors, warnings, infos, unknown, passed, suppressed, known, files, leftOut } = summary
  const parts = [
    plural(errors, 'error'),
    plural(warnings, 'warning'),
    ...(infos > 0 ? [plural(infos, 'piece of advice', 'pieces of advice')] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    `${plural(passed, 'check')} passed`,
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(known > 0 ? [`${known} in the baseline`] : []),
  ]
  const left =
    leftOut > 0
      ? `\n${plural(leftOut, 'container or image', 'containers and images')} left out: no Node service, or for developing; --all includes them.`
      : ''
  return `${parts.join(', ')} in ${plural(files, 'file')}.${left}\n`
}

/** Findings for people, grouped by file. */
export function renderText(findings: readonly Finding[], summary: Summary, paint: Paint): string {
  const files = new Map<string, Finding[]>()
  for (const finding of findings) {
    const own = files.get(finding.place.file)
    if (own) own.push(finding)
    else files.set(finding.place.file, [finding])
  }
  const groups = [...files].map(([file, own]) =>
    [paint('bold', file), ...own.map((each) => renderFinding(each, paint))].join('\n'),
  )
  return `${[...groups, ''].join('\n\n')}${renderSummary(summary)}`
}
