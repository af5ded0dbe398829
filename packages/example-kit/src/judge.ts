import type { RehearsalReport } from '@lameduck/rehearse'

/** What the two rehearsals are judged by. */
export type Judged = Pick<RehearsalReport, 'passed' | 'reasons' | 'totals'>

/**
 * The comparison holds if the service with lameduck lost nothing, and the one without lost something: if it did not, the load was too
 * light to show anything.
 */
export function judge(ours: Judged, plain: Judged): { passed: boolean; sentence: string } {
  if (!ours.passed) return { passed: false, sentence: `failed with lameduck: ${ours.reasons.join('; ')}` }
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
    sentence: `With lameduck all ${ours.totals.requests} requests were answered; ${contrast}.`,
  }
}
