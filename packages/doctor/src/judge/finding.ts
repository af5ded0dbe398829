import type { Edit } from '../fix/edit.js'
import type { Severity } from '../rules/rule.js'
import type { Place } from '../text/source.js'

/** What a rule has to say about a place. */
export interface Finding {
  /** The rule's id. */
  readonly rule: string
  readonly name: string
  readonly severity: Severity
  /** `unknown`: what the rule asks for could not be seen. */
  readonly verdict: 'fail' | 'unknown'
  readonly place: Place
  /** The figures. */
  readonly computed: string
  readonly message: string
  readonly fix: string
  readonly edits: readonly Edit[]
}

const bySeverity: readonly Severity[] = ['error', 'warning', 'info']

/** The order in which findings are told: by file, then by line, then by weight. */
export function compareFindings(a: Finding, b: Finding): number {
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1
  return (
    a.place.line - b.place.line ||
    a.place.column - b.place.column ||
    bySeverity.indexOf(a.severity) - bySeverity.indexOf(b.severity) ||
    (a.rule < b.rule ? -1 : 1)
  )
}
