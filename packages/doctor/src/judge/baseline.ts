import { type Examination, summarize } from './examine.js'
import type { Finding } from './finding.js'

/** A baseline that cannot be used. */
export class BaselineError extends Error {}

interface Known {
  readonly rule?: unknown
  readonly file?: unknown
  readonly computed?: unknown
  readonly verdict?: unknown
}

/** Lines move; what was found, where, and its figures do not. */
const keyOf = (rule: unknown, file: unknown, computed: unknown, verdict: unknown) =>
  JSON.stringify([rule, file, computed, verdict])

function read(text: string): Known[] {
  try {
    const { findings } = JSON.parse(text) as { findings?: unknown }
    if (Array.isArray(findings) && findings.every((each) => typeof each === 'object' && each !== null))
      return findings as Known[]
  } catch {
    // Told below.
  }
  throw new BaselineError('expected a report in JSON, as --format json writes it')
}

const keyOfFinding = ({ rule, place, computed, verdict }: Finding) =>
  keyOf(rule, place.file, computed, verdict)

/**
 * Leaves out what an earlier report already has, each finding as often as it is there.
 *
 * @throws {BaselineError} for a text that is no report
 */
export function withoutKnown(examination: Examination, baseline: string): Examination {
  const left = new Map<string, number>()
  for (const { rule, file, computed, verdict } of read(baseline)) {
    const key = keyOf(rule, file, computed, verdict)
    left.set(key, (left.get(key) ?? 0) + 1)
  }
  const findings = examination.findings.filter((finding) => {
    const key = keyOfFinding(finding)
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
  const { summary } = examination
  return {
    ...examination,
    findings,
    summary: summarize(findings, { ...summary, known: examination.findings.length - findings.length }),
  }
}
