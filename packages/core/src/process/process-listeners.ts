import type { EventEmitter } from 'node:events'
import { constants } from 'node:os'

/** What is needed of a process to listen to it. */
export interface ProcessEvents {
  /** Where all of it is heard. */
  readonly emitter: EventEmitter
  on(event: string, listener: Listener): unknown
  off(event: string, listener: Listener): unknown
  /** Calls `fn`, which it does no harm to call again, before the next signal is heard. */
  soon(fn: () => void): void
}

type Listener = (...args: never[]) => unknown

/** The runtime's own: others may hide some. */
const methodsOf = (emitter: EventEmitter) => Object.getPrototypeOf(emitter) as EventEmitter

/** Bun keeps listeners of signals out of reach, and Deno calls them by itself. */
const isNode = !('Bun' in globalThis || 'Deno' in globalThis)

/** Somebody else's signal handler. */
export interface ForeignHandler {
  readonly signal: NodeJS.Signals
  readonly handler: unknown
  /** Where it was registered, if that was after the first lifecycle was created. */
  readonly site: string | undefined
  /** Nobody has removed it. */
  isPresent(): boolean
  /** Calls it as Node would. */
  call(self?: unknown, args?: unknown[]): unknown
}

/** Decides what becomes of a handler whose signal is emitted: calls it, or does not. */
export type Meet = (foreign: ForeignHandler, call: () => unknown) => unknown

const isSignal = (event: unknown): event is NodeJS.Signals =>
  typeof event === 'string' && event.startsWith('SIG')

/** Where the listener is registered that `emit` tells of: the first line of the stack that is not Node's own. */
function callSite(emit: () => unknown): string | undefined {
  const at: { stack?: unknown } = {}
  try {
    // Without whatever libraries, and we, have put around Node's `emit`.
    Error.captureStackTrace(at, emit)
    const [, ...callers] = String(at.stack).split('\n')
    const site = callers.find((line) => !/\(node:|at node:/.test(line))
    return site?.trim().replace(/^at /, '')
  } catch {
    // `Error.prepareStackTrace` is the application's.
    return undefined
  }
}

/**
 * Puts what `change` gives in the place of each listener. Nobody is told, the order stays, and there is no moment without them, in which
 * Node would cease to hear of a signal.
 */
function rewrite(emitter: EventEmitter, event: string, change: (listener: Listener) => Listener): void {
  const { on, off, rawListeners } = methodsOf(emitter)
  const { _events: events } = emitter as unknown as { _events?: Record<string, Listener[] | Listener> }
  for (const [i, each] of (rawListeners.call(emitter, event) as Listener[]).entries()) {
    const next = change(each)
    const present = isNode && events ? events[event] : undefined
    if (Array.isArray(present)) present[i] = next
    else if (present && events) events[event] = next
    else if (next !== each) on.call(off.call(emitter, event, each as () => void), event, next as () => void)
  }
}

/** Our listeners on a process. */
export type ProcessListeners = ReturnType<typeof createProcessListeners>

/**
 * Creates our listeners on a process: one for each event, whoever wants it; none yet. `heard` gets the event's name and
 * its first argument. Other people's listeners of a signal that is listened to stand in functions of ours, as those of `once` do in Node's,
 * and are called when `meet` calls them.
 */
export function createProcessListeners(
  host: ProcessEvents,
  heard: (event: string, argument: unknown) => void,
  meet: Meet,
) {
  const { emitter } = host
  const listening = new Map<string, Listener>()
  const sites = new WeakMap<object, string>()
  const wrapped = new WeakMap<Listener, { readonly raw: Listener; readonly foreign: ForeignHandler }>()
  let isOwn = false

  const all = (event: string) => methodsOf(emitter).rawListeners.call(emitter, event) as Listener[]

  const wrap = (signal: NodeJS.Signals, raw: Listener): Listener => {
    const { listener } = raw as { listener?: unknown }
    const handler = typeof listener === 'function' ? (listener as Listener) : raw
    const swap = (from: Listener, to: Listener) =>
      rewrite(emitter, signal, (each) => (each === from ? to : each))
    const foreign: ForeignHandler = {
      signal,
      handler,
      get site() {
        return sites.get(handler)
      },
      // In whichever wrapper: ours is another one when somebody has taken our listener away, and it stands again.
      isPresent: () => all(signal).some((each) => (wrapped.get(each)?.raw ?? each) === raw),
      call(self = emitter, args = [signal, constants.signals[signal]]) {
        // One of `once` takes itself away by what Node knows it by.
        if (handler !== raw) swap(wrapper, raw)
        try {
          return Reflect.apply(raw, self, args)
        } finally {
          if (handler !== raw) swap(raw, wrapper)
        }
      },
    }
    const wrapper = function (this: unknown, ...args: unknown[]) {
      const own = listening.get(signal)
      // Somebody has taken ours away, which would have heard.
      if (own && !all(signal).includes(own)) heard(signal, signal)
      return meet(foreign, () => foreign.call(this, args))
    }
    wrapped.set(wrapper, { raw, foreign })
    return Object.assign(wrapper, { listener: handler })
  }

  const wrapAll = (signal: NodeJS.Signals) => {
    const own = listening.get(signal)
    if (own === undefined) return
    isOwn = true
    rewrite(emitter, signal, (each) => (each === own || wrapped.has(each) ? each : wrap(signal, each)))
    isOwn = false
  }

  /** Ours is one more than the application has, of which Node would warn. Returns how to take the room back. */
  const makeRoom = (event: string) => {
    const most = emitter.getMaxListeners()
    if (most === 0 || all(event).length !== most) return () => {}
    const limit = emitter as unknown as { _maxListeners: number | undefined }
    const { _maxListeners: before } = limit
    limit._maxListeners = most + 1
    return () => {
      if (limit._maxListeners === most + 1) limit._maxListeners = before
    }
  }

  function remember(this: { emit(): unknown }, event: unknown, handler: unknown) {
    if (isOwn || !isSignal(event) || typeof handler !== 'function') return
    const site = callSite(this.emit)
    if (site !== undefined) sites.set(handler, site)
    if (!listening.has(event)) return
    const takeBack = makeRoom(event)
    host.soon(() => {
      takeBack()
      wrapAll(event)
    })
  }

  const listen = (event: string) => {
    const listener = event === 'newListener' ? remember : (argument: unknown) => heard(event, argument)
    listening.set(event, listener)
    const takeBack = makeRoom(event)
    isOwn = true
    host.on(event, listener)
    isOwn = false
    takeBack()
    if (isSignal(event)) wrapAll(event)
  }

  const forget = (event: string, listener: Listener) => {
    listening.delete(event)
    rewrite(emitter, event, (each) => wrapped.get(each)?.raw ?? each)
    // Whoever has put aside all listeners for a while may have put ours back beside itself.
    do host.off(event, listener)
    while (all(event).includes(listener))
  }

  return {
    hearsSignal: (event: string): event is NodeJS.Signals => isSignal(event) && listening.has(event),
    /** Listens to exactly these events from now on. */
    listenTo(events: ReadonlySet<string>) {
      const wanted = events.size > 0 ? new Set(['newListener', ...events]) : events
      // Somebody may have taken a signal's away.
      const stands = (event: string, listener: Listener) => !isSignal(event) || all(event).includes(listener)
      for (const [event, listener] of listening) {
        if (!wanted.has(event) || !stands(event, listener)) forget(event, listener)
      }
      for (const event of wanted) if (!listening.has(event)) listen(event)
    },
    /** How many listeners of this event others have. */
    othersOf: (event: string) => all(event).filter((each) => each !== listening.get(event)).length,
    /** Other people's handlers of the signals that are listened to. */
    foreignHandlers: (): ForeignHandler[] =>
      [...listening.keys()].filter(isSignal).flatMap((signal) => {
        wrapAll(signal)
        return all(signal).flatMap((each) => wrapped.get(each)?.foreign ?? [])
      }),
  }
}
