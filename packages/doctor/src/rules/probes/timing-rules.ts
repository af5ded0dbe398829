import { inSeconds } from '../../budget/drain.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import { detectionOf, span } from './asking.js'

/** What lameduck waits on Kubernetes unless it is told otherwise: the time that has to be enough for anybody. */
const usualWindow = 10_000

function checkOrder({ liveness, readiness, workload }: Container): Outcomes {
  if (!liveness || !readiness || workload.platform !== 'kubernetes') return undefined
  const [live, ready] = [detectionOf(liveness), detectionOf(readiness)]
  if (!live || !ready) {
    return unseen({
      at: liveness.at,
      computed: 'period × failures',
      message: 'how long the probes take is filled in later',
    })
  }
  if (live.least >= ready.least) return pass
  return fail({
    at: liveness.at,
    computed: `${live.period} × ${live.failures} = ${live.least} s < ${ready.period} × ${ready.failures} = ${ready.least} s`,
    message:
      'liveness gives up before readiness does: it is killed before anybody has stopped sending requests',
  })
}

function checkDetection(container: Container): Outcomes {
  const { readiness, drain, preStop, workload } = container
  if (readiness === undefined || workload.platform !== 'kubernetes' || workload.isJob) return undefined
  const found = detectionOf(readiness)
  if (!found)
    return unseen({
      at: readiness.at,
      computed: 'period × failures',
      message: 'how long readiness takes is filled in later',
    })
  const window = drain.plan?.window.max ?? usualWindow
  const wait = Math.max(window, preStop && isKnown(preStop.time) ? preStop.time.value : 0)
  if (found.least * 1000 <= wait) return pass
  const { grace } = workload
  const left = isKnown(grace)
    ? `; of a grace period of ${inSeconds(grace.value)} s that leaves ${span(grace.value / 1000 - found.most, grace.value / 1000 - found.least)}`
    : ''
  return fail({
    at: readiness.tree.get('periodSeconds')?.place ?? readiness.at,
    computed: `${found.period} × ${found.failures} = ${found.least} s > ${inSeconds(wait)} s`,
    message: `whoever watches readiness (a balancer; everybody, when it is restarted and not deleted) hears after ${found.least}–${found.most} s, and it serves for ${inSeconds(wait)} s${left}`,
  })
}

function checkTimeout({ readiness, liveness, workload }: Container): Outcomes {
  const started = [readiness, liveness].filter((probe) => probe?.kind === 'exec')
  if (started.length === 0 || workload.platform !== 'kubernetes') return undefined
  const hasty = started.filter((probe) => probe && isKnown(probe.timeout) && probe.timeout.isDefault)
  if (hasty.length === 0) return pass
  return hasty.map((probe) =>
    fail({
      at: probe?.at ?? workload.at,
      computed: `${probe === liveness ? 'livenessProbe' : 'readinessProbe'}: timeoutSeconds 1 (the default)`,
      message:
        'a program is started for every probe, and has one second for it, also when the machine is busy',
    }),
  )
}

function checkProbeGrace({ liveness, startup, drain, workload }: Container): Outcomes {
  const given = [liveness, startup].flatMap((probe) => probe?.tree.get('terminationGracePeriodSeconds') ?? [])
  if (given.length === 0 || workload.platform !== 'kubernetes') return undefined
  const { plan } = drain
  return given.map((tree) => {
    const { number } = tree
    if (number === undefined)
      return unseen({ at: tree.place, computed: '', message: 'the value is filled in later' })
    const needed = plan?.deadline
    if (needed === undefined) {
      return unseen({
        at: tree.place,
        computed: `${number} s ≥ ?`,
        message: 'how long the service takes to drain is not known',
        fix: 'say it with --longest-request',
      })
    }
    if (number * 1000 >= needed) return pass
    return fail({
      at: tree.place,
      computed: `${number} s < ${inSeconds(needed)} s`,
      message: 'when this probe fails, the container has only this long to drain',
    })
  })
}

/** Rules about how long probes take. */
export const timingRules = [
  rule({
    id: 'K05',
    name: 'liveness-tighter-than-readiness',
    severity: 'warning',
    subject: 'container',
    check: checkOrder,
    why: 'Liveness that gives up before readiness kills a container that others still send requests to.',
    fix: 'Give liveness a longer period, or more failures, than readiness.',
    sources: [sources.probes],
  }),
  rule({
    id: 'K08',
    name: 'probe-timeout-1s',
    severity: 'info',
    subject: 'container',
    check: checkTimeout,
    why: 'timeoutSeconds is 1 unless it is given. A program that is started for each probe misses it when the machine is busy: readiness flaps, and liveness restarts what is well.',
    fix: 'Set timeoutSeconds to 2 or 3, or ask with httpGet.',
    sources: [sources.probes],
  }),
  rule({
    id: 'K09',
    name: 'readiness-detection-slow',
    severity: 'warning',
    subject: 'container',
    check: checkDetection,
    why: 'On deletion endpoints go at once. Where readiness is what is watched, on a restart or by a balancer with checks of its own, the news takes periodSeconds × failureThreshold, and whoever stops serving before is still sent requests.',
    fix: 'Set periodSeconds to 2 … 5 and failureThreshold to 1 or 2.',
    sources: [sources.podTermination, sources.probes],
  }),
  rule({
    id: 'K14',
    name: 'probe-grace',
    severity: 'warning',
    subject: 'container',
    check: checkProbeGrace,
    why: "A probe's own terminationGracePeriodSeconds replaces the pod's when that probe fails: the drain has less time than planned.",
    fix: 'Leave it out, or make it as long as the drain.',
    sources: [sources.probes],
  }),
]
