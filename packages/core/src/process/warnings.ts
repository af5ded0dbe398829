import type { Cut } from '../drain/cut.js'
import type { Drainable } from '../drain/drainable.js'
import { keepsConnectionsLong, type Platform, type Surroundings } from '../options/platform.js'
import type { Attachments } from '../servers/attachments.js'
import { createAdvice } from './advice.js'
import type { Coordinator } from './coordinator.js'
import { isPolite, sourceOf } from './handler-source.js'
import { findSignalSwallower } from './started-wrong.js'

/** Node's own `keepAliveTimeout`. */
const nodesKeepAlive = 5000

/** Creates the warnings of one lifecycle: each says what will lose requests, and how to mend it. */
export function createWarnings(
  platform: Platform,
  surroundings: Surroundings,
  attachments: Pick<Attachments, 'open' | 'lacksCarrier' | 'hidesProbes'>,
  {
    foreignHandlers,
    defers,
    others,
    said,
  }: Pick<Coordinator, 'foreignHandlers' | 'defers' | 'others' | 'said'>,
  warn: (message: string) => void,
) {
  const advise = createAdvice(said, surroundings.env, warn)

  const lookForForeignHandlers = () => {
    for (const { signal, handler, site } of foreignHandlers()) {
      if (defers(signal) || isPolite(handler)) continue
      advise(
        `another ${signal} handler may end the process before the drain is over: ${sourceOf(handler)}` +
          `${site ? `, registered at ${site}` : ''}; remove it, and do what it does in lifecycle.onStop(), or let it run last: otherHandlers: 'defer'`,
      )
    }
  }

  const lookForShortKeepAlive = () => {
    if (!keepsConnectionsLong.includes(platform)) return
    const isShort = ({ keepAliveTimeout = 0 }: Drainable) =>
      keepAliveTimeout > 0 && keepAliveTimeout <= nodesKeepAlive
    const short = [...attachments.open].find(isShort)
    if (short === undefined) return
    advise(
      `the server closes idle connections after ${short.keepAliveTimeout} ms, balancers on ${platform} keep them ` +
        'for a minute and more: a request that meets the closing is lost, every day and not only in roll-outs; ' +
        'set server.keepAliveTimeout above the idle timeout of the balancer (75_000, say)',
      'keepAliveTimeout',
    )
  }

  const lookForCarriers = () => {
    if (!attachments.lacksCarrier) return
    advise(
      'a WebSocket or Socket.IO server is attached, and the HTTP server that it hangs on is not: its requests are not drained, ' +
        'and its listener is not closed; call lifecycle.attach(httpServer), too',
      'carrier',
    )
  }

  const lookForForgottenServers = () => {
    for (const address of surroundings.forgottenServers?.() ?? []) {
      advise(
        `a server listens on ${address} that no lifecycle has: its requests are lost when the process ends, and nothing counts them; ` +
          'call lifecycle.attach(server), or app.use(graceful()) where it is an application of Express',
        `forgotten ${address}`,
      )
    }
  }

  const lookForNeverReady = () => {
    const hasServed = [...attachments.open].some(
      (server) => server.listening && (server.rate() > 0 || server.inFlight > 0),
    )
    if (!hasServed) return
    advise(
      'a server has served requests, and nobody has called lifecycle.ready(): the probes have said no all the time, and this drain has ' +
        'neither window nor linger; call `await lifecycle.ready()` when the server listens',
      'never ready',
    )
  }

  const lookForUpgraded = () => {
    const isOpen = ({ kind }: Cut) => kind === 'upgraded'
    if (![...attachments.open].some((server) => [...server.unfinished()].some(isOpen))) return
    advise(
      'a socket is upgraded that no attached server has: the drain waits for it and cuts it at the cutoff, without a goodbye; ' +
        'call lifecycle.attach() with the WebSocket or Socket.IO server, too, or end it on lifecycle.signal',
      'upgraded',
    )
  }

  const lookForHiddenProbes = () => {
    if (platform !== 'kubernetes' || !attachments.hidesProbes) return
    advise(
      'the server speaks HTTP/2 without TLS, and the kubelet asks its probes by HTTP/1: none gets an answer, and the pod never ' +
        'becomes ready, or is restarted; give them a port of their own by the option probes: { port: 9000 } or by ' +
        'LAMEDUCK_PROBES_PORT, and name that port in httpGet',
      'probes',
    )
  }

  const always = [lookForForeignHandlers, lookForCarriers, lookForForgottenServers, lookForHiddenProbes]

  /** A server of the application's own making may throw at a question: it is warned about elsewhere, and costs no drain. */
  const each = (...looks: (() => void)[]) => {
    for (const look of looks) {
      try {
        look()
      } catch {}
    }
  }

  return {
    /** The process has just been created: will it hear its signals? */
    atStart() {
      const swallower = findSignalSwallower(platform, surroundings)
      if (swallower !== undefined) advise(swallower, 'swallower')
    },
    atReady() {
      each(...always, lookForShortKeepAlive)
    },
    /** Work is about to be cut. */
    atCutoff() {
      const late = others.pending()
      if (late.length === 0) return
      advise(
        `work is cut before these run, which are held back to the end: ${late.join('; ')}. If one of them ends streams, sockets or jobs, ` +
          "end these when draining begins: lifecycle.signal.addEventListener('abort', …), or lifecycle.onDrain(…); or let it run " +
          "at the signal: otherHandlers: 'leave'",
        'late handlers',
      )
    },
    /** @param wasToldReady somebody has called `ready()` */
    atTrigger(wasToldReady: boolean) {
      each(...always, lookForUpgraded)
      if (!wasToldReady) each(lookForNeverReady)
    },
  }
}
