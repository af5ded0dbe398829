type Environment = Readonly<Record<string, string | undefined>>

/** What PM2 does unless it is told otherwise. */
const killTimeout = 1600
const reloadTimeout = 8000

const isTrue = (value: string | undefined) => value !== undefined && value !== '' && value !== 'false'

/** A time that PM2 has in its configuration, or in its own environment, which the processes that it starts inherit. */
function milliseconds(value: string | undefined, otherwise: number): number {
  const number = Number(value)
  return Number.isFinite(number) && number > 0 ? number : otherwise
}

/** From PM2's SIGINT, or its message where it stops by messages, to its SIGKILL: `kill_timeout`. */
export function pm2Grace(env: Environment): number {
  return milliseconds(env['kill_timeout'] ?? env['PM2_KILL_TIMEOUT'], killTimeout)
}

/**
 * From PM2's `shutdown` message to its SIGKILL. A reload in cluster mode sends it as soon as the next worker listens, waits
 * for the old one to leave, and only then begins as it would anywhere else. With `wait_ready` there is no such message.
 */
export function pm2GraceByMessage(env: Environment): number {
  const stopsByMessage = isTrue(env['shutdown_with_message']) || isTrue(env['PM2_KILL_USE_MESSAGE'])
  const waits = env['exec_mode'] === 'cluster_mode' && !isTrue(env['wait_ready']) && !stopsByMessage
  return pm2Grace(env) + (waits ? milliseconds(env['PM2_GRACEFUL_TIMEOUT'], reloadTimeout) : 0)
}
