import { LifecycleError } from '../errors.js'
import { optionNames } from '../options/option-rules.js'
import type { LifecycleOptions } from '../options/options.js'
import { type ProbeSettings, resolveProbes } from '../probes/probes.js'

/** The probes of an adapter in a shared lifecycle: its own, or those of the lifecycle. */
export function seatProbes(
  own: LifecycleOptions['probes'],
  shared: ProbeSettings | undefined,
): ProbeSettings | undefined {
  if (own === undefined) return shared
  return own === false ? undefined : resolveProbes(own)
}

/**
 * Refuses what cannot be given beside a shared lifecycle.
 *
 * @throws {LifecycleError} LIFECYCLE_SHARED
 */
export function refuseBeside(rest: LifecycleOptions): void {
  const beside = optionNames.filter(
    (name) => name !== 'probes' && name !== 'logger' && rest[name] !== undefined,
  )
  if (rest.probes !== false && rest.probes?.port !== undefined) {
    throw new LifecycleError(
      'LIFECYCLE_SHARED',
      'probes.port: expected beside "lifecycle" only paths; give the port where the lifecycle is created',
    )
  }
  if (beside.length > 0) {
    throw new LifecycleError(
      'LIFECYCLE_SHARED',
      `${beside.join(', ')}: expected beside "lifecycle" only probes and logger; give the others where the lifecycle is created`,
    )
  }
}
