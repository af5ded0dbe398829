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

/** What npm, pnpm, yarn and `node --run` tell the commands of package.json, this one among them. */
const ofScripts = /^(npm_|pnpm_|NODE_RUN_|INIT_CWD$)/i

/** Our environment as a platform would give it: a replica that we start is no script of package.json, however we were started. */
export function inheritedEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofScripts.test(name)))
}
