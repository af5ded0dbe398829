import type { Address } from './endpoints.js'
import type { ResolvedOptions } from './options.js'

/**
 * What a replica's environment holds beyond ours: where to listen, and what a manifest would say about its grace period.
 */
export function replicaEnv(
  { portEnv, grace, preStop }: Pick<ResolvedOptions, 'portEnv' | 'grace' | 'preStop'>,
  { host, port }: Address,
): Record<string, string> {
  return {
    HOST: host,
    [portEnv]: String(port),
    LAMEDUCK_PLATFORM: 'kubernetes',
    LAMEDUCK_GRACE_PERIOD: String(Math.round((grace - preStop) * 1000)),
  }
}
