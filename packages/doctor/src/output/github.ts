import type { Summary } from '../judge/examine.js'
import type { Finding } from '../judge/finding.js'
import { renderSummary } from './text.js'

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const

/** GitHub takes these characters of a message for its own. */
const escapeText = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string) => escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

function annotation({ rule, name, severity, verdict, place, computed, message, fix }: Finding): string {
  const command = verdict === 'unknown' ? 'notice' : commands[severity]
  const title = escapeProperty(`${rule} ${name}${verdict === 'unknown' ? ' (unknown)' : ''}`)
  const text = [computed, message, `fix: ${fix}`].filter((each) => each !== '').join('\n')
  return `::${command} file=${escapeProperty(place.file)},line=${place.line},col=${place.column},title=${title}::${escapeText(text)}\n`
}

/** Findings as annotations of GitHub Actions. */
export const renderGithub = (findings: readonly Finding[], summary: Summary): string =>
  findings.map(annotation).join('') + renderSummary(summary)
