import type { Logger } from '../events/logger.js'
import type { ProbeOptions } from '../probes/probes.js'
import type { WebSocketCloseCode } from '../websocket/web-socket.js'
import type { Duration } from './durations.js'
import type { Platform } from './platform.js'

/**
 * How a lifecycle behaves. Every field is optional. Times are milliseconds, or texts with a unit: `'30s'`, `'500ms'`, `'1.5m'`,
 * `'1h'`.
 */
export interface LifecycleOptions {
  /**
   * Time from the trigger to the platform's SIGKILL (`terminationGracePeriodSeconds` × 1000). lameduck is gone a
   * margin before it: 10 %, at most 2000. Must be greater than 0; a number below 1000 is warned about, as it may have been
   * meant as seconds.
   *
   * @default the platform's own, else 30000; `LAMEDUCK_GRACE_PERIOD` in the environment
   */
  gracePeriod?: Duration | undefined

  /**
   * The lame-duck window: readiness is red and everything is still served, so that balancers can notice. A number is
   * exactly that long. `{ min, max }` is adaptive: over once `min` has passed and nobody has connected anew for a
   * while, at `max` at the latest unless somebody still does. `0` skips the window.
   *
   * @default by platform: `{ min: 5000, max: 10000 }` behind a balancer, else 0; `LAMEDUCK_SHUTDOWN_DELAY` in the environment
   */
  shutdownDelay?: Duration | { min: Duration; max: Duration } | undefined

  /**
   * The least time that an idle keep-alive connection gets after the window for one last request, which is answered
   * with `Connection: close` (RFC 9112 §9.6). As long as one is idle the listener stays open, and newcomers are served.
   * `0` closes both when the window ends.
   *
   * @default by platform: 5000 on Kubernetes; `LAMEDUCK_LINGER` in the environment
   */
  linger?: Duration | undefined

  /**
   * Paths of the probes, or `false` for none. Paths that are not given keep their defaults.
   *
   * @default { livez: '/livez', readyz: '/readyz', startupz: '/startupz' }
   */
  probes?: ProbeOptions | false | undefined

  /**
   * The slice of the grace period kept for `onStop` functions and the framework's own close. `0` keeps none: they
   * then run in whatever time the drain leaves.
   *
   * @default 15 % of the grace period, at most 4000, if there is anything to stop
   */
  hookBudget?: Duration | undefined

  /**
   * The signals that start the drain and end the process. `false` installs no listener.
   *
   * @default ['SIGTERM', 'SIGINT']
   */
  signals?: readonly NodeJS.Signals[] | false | undefined

  /**
   * What becomes of other people's listeners of these signals. `'defer'`: they run after the last `onStop` function and before the
   * framework's own close, each once and as Node would call it, with `process.exit` and a kill of oneself caught and taken for done. One
   * that returns a promise is awaited within the hooks' slice, and is a failed hook if it does not settle; one that returns nothing has until
   * the event loop is empty, at most 1 s. A code other than 0 and 128 + the signal's number, given to
   * `process.exit`, counts where ours would be 0. `'leave'`: they run at the signal, and one that could exit first is warned
   * about. Of several lifecycles one that says `'leave'` is enough.
   *
   * @default 'defer'
   */
  otherHandlers?: 'defer' | 'leave' | undefined

  /**
   * What happens to server-sent events when the window is over. `'end'` ends, in order, the streams that an `EventSource`
   * has opened: GET, `Accept` exactly `text/event-stream`, a response without `Content-Length` and `Content-Encoding`. It
   * connects anew, to another replica. Every other response finishes by itself, whatever its type: an answer of a language
   * model is work as any other. A finite answer to a `fetch` that asks exactly so cannot be told apart: `'finish'` ends
   * none.
   *
   * @default 'end'
   */
  eventStreams?: 'end' | 'finish' | undefined

  /**
   * Exit code when something was cut or a hook failed. A clean drain exits with 0.
   *
   * @default 1
   */
  forcedExitCode?: number | undefined

  /**
   * What an uncaught exception or unhandled rejection does: `'drain'` prints it, finishes what is in flight and exits
   * with 1; `false` leaves it to Node. Where the application or an error reporter listens to these events, what its listeners do happens,
   * and `process.exit` in them comes a drain later.
   *
   * @default 'drain'
   */
  crash?: 'drain' | false | undefined

  /**
   * What happens to requests that arrive after the window on connections that were open at the trigger, or when the
   * listener has closed on any: they are served, or answered 503 with `Retry-After` and `Connection: close`.
   *
   * @default 'serve'
   */
  late?: 'serve' | 'reject' | undefined

  /**
   * Whether readiness turns red at the trigger, or only when the window ends: for workloads that are the last
   * endpoint of a node (KEP-1669).
   *
   * @default 'fail'
   */
  readinessDuringDrain?: 'fail' | 'keep' | undefined

  /**
   * What attached WebSocket servers tell their clients when the window is over: 1001 "Going Away" (RFC 6455 §7.4.1), or
   * 1012 "Service Restart", after which clients that know it wait 5 to 30 s before they connect anew.
   *
   * @default 1001
   */
  webSocketCloseCode?: WebSocketCloseCode | undefined

  /**
   * The platform whose promises the defaults follow.
   *
   * @default detected; `LAMEDUCK_PLATFORM` in the environment
   */
  platform?: Platform | undefined

  /**
   * Where steps and the report are logged: anything with pino's `info`, `warn` and `error`; `debug`, if it is there, gets
   * the plan once. `false` for silence.
   *
   * @default the framework's own logger, else the console, which shows the plan if `NODE_DEBUG=lameduck`
   */
  logger?: Logger | false | undefined
}

/** The defaults that depend on nothing. */
export const optionDefaults = {
  signals: ['SIGTERM', 'SIGINT'],
  otherHandlers: 'defer',
  eventStreams: 'end',
  forcedExitCode: 1,
  crash: 'drain',
  late: 'serve',
  readinessDuringDrain: 'fail',
  webSocketCloseCode: 1001,
} as const satisfies Partial<LifecycleOptions>
