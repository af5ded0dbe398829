import { marginOf } from './budget.js'
import { fromEnvironment } from './environment.js'
import { nearest } from './nearest.js'
import { environment } from './option-rules.js'
import type { LifecycleOptions } from './options.js'
import type { Surroundings } from './platform.js'

/** A grace period below that is more likely to have been meant as seconds. */
const shortestMeant = 1000

function doubtAbout(options: LifecycleOptions, env: Surroundings['env']): string | undefined {
  const fromCode = options.gracePeriod
  const given = fromCode ?? fromEnvironment(env).gracePeriod
  if (typeof given !== 'number' || given >= shortestMeant) return undefined
  const name = fromCode === undefined ? 'LAMEDUCK_GRACE_PERIOD' : 'gracePeriod'
  const left = Math.round(given - marginOf(given))
  return (
    `${name} is ${given} milliseconds: this process would have to be gone ${left} ms after its signal; ` +
    `write "${given}s" if seconds were meant, and "${given}ms" if not`
  )
}

const prefix = 'LAMEDUCK_'
const partOf = (name: string) => name.slice(prefix.length)

/** Every variable of the environment that is one of ours: core's, and those that another package reads and adds. */
export const knownVariables = environment.map(({ name }) => name)

/** A sentence for each variable of the environment that looks like one of ours and is none. */
function unknownVariables(env: Surroundings['env']): string[] {
  const others = Object.keys(env).filter((name) => name.startsWith(prefix) && !knownVariables.includes(name))
  return others.map((name) => {
    const meant = nearest(partOf(name), knownVariables.map(partOf))
    const mend = meant ? `did you mean ${prefix}${meant}?` : `known are ${knownVariables.join(', ')}`
    return `unknown variable ${name} in the environment: ${mend}`
  })
}

/**
 * Warns of what is allowed and probably not what was meant, with the mend.
 *
 * @param said what has been said in this process: its environment is the same for all of its lifecycles
 */
export function warnOfDoubts(
  options: LifecycleOptions,
  env: Surroundings['env'],
  said: Set<string>,
  warn: (message: string) => void,
): void {
  const doubt = doubtAbout(options, env)
  if (doubt !== undefined) warn(doubt)
  for (const message of unknownVariables(env)) {
    if (!said.has(message) && said.add(message)) warn(message)
  }
}
