import type { Deployed } from '../deployed/deployed.js'
import { isKnown } from '../model/fact.js'
import type { Container } from '../project/container.js'
import type { Project } from '../project/project.js'
import { detectionOf, span } from '../rules/probes/asking.js'
import type { Place } from '../text/source.js'
import { type Drain, inSeconds } from './drain.js'

/** A part of the time from the stop to SIGKILL, in milliseconds. */
export interface Slice {
  readonly name: string
  readonly from: number
  /** It may be over here, */
  readonly least: number
  /** and is over here. */
  readonly to: number
}

/** A workload's time from the moment that it is told to stop. */
export interface Timeline {
  readonly name: string
  readonly at: Place
  /** When SIGKILL comes, in milliseconds; nothing, if that is not known. */
  readonly grace: number | undefined
  readonly slices: readonly Slice[]
  /** What there is to say beside it. */
  readonly notes: readonly string[]
  readonly drain: Drain
}

const slice = (name: string, from: number, to: number, least = to): Slice => ({ name, from, least, to })

/** The slices of lameduck's plan, when SIGTERM comes at `start`. */
function planned({ plan }: Drain, start: number): Slice[] {
  if (plan === undefined) return []
  const { window, linger, cutoff, force, deadline, gracePeriod } = plan
  const slices = [
    slice('window', start, start + window.max, start + window.min),
    slice('linger', start + window.min, start + window.max + linger, start + window.min),
    slice('in flight', start, start + cutoff, start),
    slice('last answers', start + cutoff, start + force),
    slice('hooks', start + force, start + deadline),
    slice('margin', start + deadline, start + gracePeriod),
  ]
  return slices.filter(({ from, to }) => to > from)
}

/** What readiness takes: `30–40 s until unready, 20–30 s left`. */
function readinessNote({ readiness, workload }: Container): string[] {
  const found = readiness && detectionOf(readiness)
  if (!found) return readiness ? [] : ['no readiness probe: nobody but the endpoints hears that it leaves']
  const { least, most } = found
  const { grace } = workload
  const left = isKnown(grace) ? `, ${span(grace.value / 1000 - most, grace.value / 1000 - least)} left` : ''
  return [`readiness ${found.period} s × ${found.failures}: ${span(least, most)} until unready${left}`]
}

function planNote({ plan, asked, ending }: Drain): string[] {
  if (plan)
    return asked
      ? []
      : [`lameduck plans for ${inSeconds(plan.gracePeriod)} s, its preset for ${plan.platform}`]
  if (ending === 'lameduck')
    return ['what lameduck plans for is not known: its options are no constants, or cannot be used']
  return ['how long the service takes to drain is not known']
}

function ofContainer(container: Container): Timeline {
  const { workload, preStop, drain, name } = container
  const { grace } = workload
  const total = isKnown(grace) ? grace.value : undefined
  const before = preStop === undefined ? 0 : isKnown(preStop.time) ? preStop.time.value : undefined
  const detection = container.readiness && detectionOf(container.readiness)
  const slices = [
    ...(detection ? [slice('readiness', 0, detection.most * 1000, detection.least * 1000)] : []),
    ...(before ? [slice('preStop', 0, before)] : []),
    ...(before === undefined ? [] : planned(drain, before)),
  ]
  const hook = before === undefined ? ['how long preStop takes is not known'] : []
  const label =
    workload.object.name === name || name === '' ? workload.object.name : `${workload.object.name}/${name}`
  return {
    name: `${workload.object.kind} ${label}`,
    at: container.at,
    grace: total,
    slices,
    notes: [...readinessNote(container), ...hook, ...planNote(drain)],
    drain,
  }
}

function ofDeployed({ kind, name, at, grace, drain }: Deployed): Timeline {
  const total = isKnown(grace) && Number.isFinite(grace.value) ? grace.value : undefined
  const unknown = isKnown(grace) ? [] : [grace.unknown]
  return {
    name: `${kind} ${name}`,
    at,
    grace: total,
    slices: planned(drain, 0),
    notes: [...unknown, ...planNote(drain)],
    drain,
  }
}

/** The times of everything that is ours and runs somewhere. */
export const timelinesOf = ({ containers, deployed }: Project): Timeline[] => [
  ...containers.filter(({ isOurs, workload }) => isOurs && !workload.isJob).map(ofContainer),
  ...deployed.filter(({ isOurs }) => isOurs).map(ofDeployed),
]
