import { Server } from 'node:net'
import type { Clock } from '../clock.js'
import type { Drainable, LeftOut } from '../drain/drainable.js'
import type { Settings } from '../options/settings.js'
import type { ProbeResponder } from '../probes/probe-responder.js'
import { createTrafficFilter, type ProbeSettings } from '../probes/probes.js'
import { isAttached } from './attached.js'
import { isClearTextHttp2, serverBelow, toDrainables } from './to-drainable.js'

/** The servers of one lifecycle. */
export type Attachments = ReturnType<typeof createAttachments>

/** What attachments need of their lifecycle. */
export interface AttachmentsOptions {
  readonly clock: Clock
  readonly settings: Pick<Settings, 'webSocketCloseCode' | 'eventStreams'>
  readonly probes: { respond(probes: ProbeSettings | undefined): ProbeResponder }
  /** The drain, once there is one: it takes servers that come later. */
  readonly drain: () => { include(server: Drainable): void } | undefined
  /** The lifecycle has stopped: its servers may be another's. */
  readonly isOver: () => boolean
}

/** What answers probes, by HTTP or as a health service. */
const answeringKinds: readonly string[] = ['http', 'https', 'http2', 'grpc']

/** Creates an empty list. */
export function createAttachments({ clock, settings, probes: hub, drain, isOver }: AttachmentsOptions) {
  const { webSocketCloseCode, eventStreams } = settings
  const options = { clock, webSocketCloseCode, endsEventStreams: eventStreams === 'end' }
  const open = new Set<Drainable>()
  const below: WeakRef<object>[] = []
  const hiding = new WeakSet<Drainable>()
  const probesOf = new WeakMap<object, ProbeSettings | undefined>()
  const drainablesOf = new WeakMap<object, readonly Drainable[]>()

  const include = (drainable: Drainable) => {
    if (open.has(drainable)) return
    open.add(drainable)
    if (!isOver()) drain()?.include(drainable)
  }

  return {
    /** All but those that have closed by themselves and do not listen again: a test may make one for each request. */
    open,
    /**
     * Adds a server; it answers `probes` from now on.
     *
     * @throws {LifecycleError} NOT_A_SERVER, ALREADY_ATTACHED
     */
    attach(server: unknown, probes: ProbeSettings | undefined) {
      const isTraffic = createTrafficFilter(probes?.ignore ?? [])
      let forget = () => {}
      const letGo = () => {
        if (!isOver()) return false
        for (const each of drainables) each.giveBack?.()
        forget()
        return true
      }
      const drainables = toDrainables(server, letGo, { ...options, probes: hub.respond(probes), isTraffic })
      probesOf.set(server as object, probes)
      if (probes !== undefined && probes.port === undefined && isClearTextHttp2(server)) {
        for (const each of drainables) hiding.add(each)
      }
      const carrier = serverBelow(server)
      if (carrier !== undefined) below.push(new WeakRef(carrier))
      drainablesOf.set(server as object, drainables)
      drainables.forEach(include)
      if (!(server instanceof Server)) return
      const listens = () => isAttached(server) && drainables.forEach(include)
      const closes = () => drain() ?? drainables.forEach((each) => void open.delete(each))
      server.on('listening', listens).on('close', closes)
      forget = () => void server.off('listening', listens).off('close', closes)
    },
    /** Leaves a request out of the drain that waits for its end. */
    except: (request: object): LeftOut[] =>
      [...open].flatMap((drainable) => drainable.except?.(request) ?? []),
    /** A WebSocket or Socket.IO server hangs on an HTTP server that no lifecycle has. */
    get lacksCarrier() {
      return below.map((each) => each.deref()).some((server) => server !== undefined && !isAttached(server))
    },
    /** Probes are answered by HTTP/2 without TLS, and by nothing else: the kubelet asks by HTTP/1 there. */
    get hidesProbes() {
      const asked = [...open].filter(({ kind, listening }) => listening && answeringKinds.includes(kind))
      return asked.length > 0 && asked.every((each) => hiding.has(each))
    },
    /** Takes a server out of the drain; what it has in flight is somebody else's. */
    detach(server: object) {
      for (const each of drainablesOf.get(server) ?? []) open.delete(each)
    },
    /** Whether it is among these, and answers `probes`. */
    answers: (server: object, probes: ProbeSettings | undefined) =>
      probesOf.has(server) && probesOf.get(server) === probes,
  }
}
