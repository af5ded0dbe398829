import { badOption } from '../errors.js'
import type { ResolvedOptions } from '../options.js'
import { type Traffic, usualTraffic } from './traffic.js'

/**
 * What the options say is asked: the mix file, or the paths. YAML and gRPC are loaded only if there is a use for them.
 *
 * @throws {UsageError} when the mix file cannot be used, alone or with the other options
 */
export async function loadTraffic(options: ResolvedOptions): Promise<Traffic> {
  const { mix, lb } = options
  if (mix === undefined) return usualTraffic(options)
  const { readMix } = await import('../mix/read-mix.js')
  const traffic = await readMix(mix)
  if (traffic.openChannel && lb !== 'service') {
    throw badOption('lb', `service, because ${mix} has gRPC calls`, lb)
  }
  return traffic
}
