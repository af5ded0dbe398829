import type { Log, ReportingDescriptor, Result } from 'sarif'
import type { Finding } from '../judge/finding.js'
import { rules } from '../rules/all.js'
import type { Rule, Severity } from '../rules/rule.js'

const levels: Record<Severity, Result.level> = { error: 'error', warning: 'warning', info: 'note' }

const indexes = new Map(rules.map(({ id }, index) => [id, index]))

const describe = ({ id, name, severity, why, fix, sources }: Rule): ReportingDescriptor => ({
  id,
  name,
  shortDescription: { text: name },
  fullDescription: { text: why },
  help: { text: `${why}\n\nFix: ${fix}\n\n${sources.join('\n')}` },
  defaultConfiguration: { level: levels[severity] },
})

/** A path as a URI has it: relative, or `file:` where it leads out of the folder. */
function uriOf(file: string): string {
  const encoded = file.split('/').map(encodeURIComponent).join('/')
  return file.startsWith('/') ? `file://${encoded}` : encoded
}

const resultOf = ({ rule, severity, verdict, place, computed, message, fix }: Finding): Result => ({
  ruleId: rule,
  ruleIndex: indexes.get(rule) ?? -1,
  // What could not be decided is "open", and has no level (§3.27.9).
  ...(verdict === 'unknown' ? { kind: 'open', level: 'none' } : { kind: 'fail', level: levels[severity] }),
  message: { text: [computed, message, `Fix: ${fix}`].filter((text) => text !== '').join('\n') },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(place.file) },
        region: { startLine: place.line, startColumn: place.column },
      },
    },
  ],
  partialFingerprints: { 'doctor/v1': `${rule}:${place.file}:${computed}` },
  properties: { computed, fix },
})

const logOf = (findings: readonly Finding[], version: string): Log => ({
  $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'lameduck doctor', semanticVersion: version, rules: rules.map(describe) } },
      columnKind: 'utf16CodeUnits',
      results: findings.map(resultOf),
    },
  ],
})

/** Findings as SARIF 2.1.0, which code hosts show beside the code. */
export const renderSarif = (findings: readonly Finding[], version: string): string =>
  `${JSON.stringify(logOf(findings, version), undefined, 2)}\n`
