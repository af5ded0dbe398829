import type { Clock } from '../clock.js'
import type { Release } from '../drain/holds.js'
import type { Emitter } from '../events/events.js'
import { demand, text } from '../options/rules.js'
import { createChecks } from '../probes/checks.js'
import { createJudge, type ProbeContext } from '../probes/judge.js'

/** Creates what decides, beside the state, whether a lifecycle may get traffic: its checks, and who has switched it off. */
export function createReadiness(
  clock: Clock,
  { emit }: Pick<Emitter, 'emit'>,
  standing: Pick<ProbeContext, 'state' | 'keepsReadiness'>,
) {
  const checks = createChecks(clock, (change) => emit('checkChanged', change))
  const switchedOff = new Set<symbol>()

  return {
    checks,
    judge: createJudge({ ...standing, checks, isUnready: () => switchedOff.size > 0 }),
    /** @throws {LifecycleError} ARGUMENT_INVALID */
    unready(reason: string): Release {
      demand('ARGUMENT_INVALID', 'unready: reason', text, reason)
      const off = Symbol(reason)
      switchedOff.add(off)
      emit('unready', { reason, over: false })
      const release = () => {
        if (switchedOff.delete(off)) emit('unready', { reason, over: true })
      }
      return Object.assign(release, { [Symbol.dispose]: release })
    },
  }
}
