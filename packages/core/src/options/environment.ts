import { environment } from './option-rules.js'
import type { LifecycleOptions } from './options.js'
import type { Surroundings } from './platform.js'
import { demand } from './rules.js'

/**
 * The options that the environment sets. A variable that is empty sets nothing.
 *
 * @throws {LifecycleError} ENVIRONMENT_INVALID
 */
export function fromEnvironment(env: Surroundings['env']): LifecycleOptions {
  const set = environment.map(({ name, rule, read, set }) => {
    const text = env[name]?.trim()
    if (!text) return {}
    demand('ENVIRONMENT_INVALID', name, { ...rule, holds: () => rule.holds(read(text)) }, text)
    return set(read(text) as never)
  })
  return Object.assign({}, ...set)
}
