import type { Clock } from '../clock.js'
import type { Emitter, LifecycleEventName } from '../events/events.js'
import type { ProbeAnswer, ProbeName } from '../probes/probes.js'

/** What the probes say, for protocols that are not asked over HTTP, or that are told without asking. */
export interface Health {
  /** Whether a probe is green, checks included; at once where no check has to run. Never rejects. */
  ask(probe: ProbeName): boolean | Promise<boolean>
  /**
   * Calls `changed` whenever a probe's colour may have changed. Checks run when somebody asks; while anybody
   * watches, they run every five seconds as well.
   *
   * @returns how to stop
   */
  watch(changed: () => void): () => void
}

/** As often as anybody asks who watches a check by hand, and twice as often as Kubernetes does. */
const watchPeriod = 5000

const turningPoints = [
  'ready',
  'checkChanged',
  'unready',
  'draining',
  'closing',
] as const satisfies readonly LifecycleEventName[]

/** Creates the view of one lifecycle; `answer` is what its HTTP probes would say. */
export function createHealth(
  clock: Clock,
  on: Emitter['on'],
  answer: (probe: ProbeName) => ProbeAnswer | Promise<ProbeAnswer>,
): Health {
  let watching = 0
  let stopAsking = () => {}

  const ask = (probe: ProbeName) => {
    const given = answer(probe)
    return given instanceof Promise ? given.then(isGreen) : isGreen(given)
  }

  const keepAsking = () => {
    stopAsking = clock.later(watchPeriod, () => {
      void ask('readyz')
      void ask('livez')
      keepAsking()
    })
  }

  return {
    ask,
    watch(changed) {
      if (watching++ === 0) keepAsking()
      const stops = turningPoints.map((event) => on(event, changed))
      return () => {
        if (stops.length === 0) return
        for (const stop of stops.splice(0)) stop()
        if (--watching === 0) stopAsking()
      }
    },
  }
}

const isGreen = ({ status }: ProbeAnswer) => status === 200
