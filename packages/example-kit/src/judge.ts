import type { RehearsalReport } from '@lameduck/rehearse'

/** What the two rehearsals are judged by. */
export type Judged = Pick<RehearsalReport, 'passed' | 'reasons' | 'totals'>

/**
 * The comparison holds if the services with lameduck lost nothing, and the one without lost something: if it did not, the load was
 * too light to show anything.
 */
export function judge(
  ours: readonly { readonly name: string; readonly report: Judged }[],
  plain: Judged,
): { passed: boolean; sentence: string } {
  const failed = ours.filter(({ report }) => !report.passed)
  if (failed.length > 0) {
    const sentences = failed.map(({ name, report }) => `failed with ${name}: ${report.reasons.join('; ')}`)
    return { passed: false, sentence: sentences.join('\n') }
  }
  const answered = ours.reduce((total, { report }) => total + report.totals.requests, 0)
  const { lost, refused, requests } = plain.totals
  if (lost + refused === 0) {
    return {
      passed: false,
      sentence: 'nothing was lost without lameduck either: the load was too light to compare',
    }
  }
  const contrast = `without it ${lost} of ${requests} were lost and ${refused} refused`
  return {
    passed: true,
    sentence: `With lameduck all ${answered} requests were answered; ${contrast}.`,
  }
}
