import type { Summary } from '../judge/examine.js'
import type { Finding } from '../judge/finding.js'

/** A finding as JSON has it. */
const plainFinding = ({ rule, name, severity, verdict, place, computed, message, fix }: Finding) => ({
  rule,
  name,
  severity,
  verdict,
  file: place.file,
  line: place.line,
  column: place.column,
  computed,
  message,
  fix,
})

/** Findings for machines. */
export const renderJson = (findings: readonly Finding[], summary: Summary): string =>
  `${JSON.stringify({ version: 1, findings: findings.map(plainFinding), summary }, undefined, 2)}\n`
