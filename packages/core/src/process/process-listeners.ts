/** What is needed of a process to listen to it. */
export interface ProcessEvents {
  on(event: string, listener: (...args: never[]) => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
  listeners(event: string): readonly unknown[]
}

/** Somebody else's signal handler. */
export interface ForeignHandler {
  readonly signal: NodeJS.Signals
  readonly handler: unknown
  /** Where it was registered, if that was after the first lifecycle was created. */
  readonly site: string | undefined
}

const isSignal = (event: string): event is NodeJS.Signals => event.startsWith('SIG')

/** Where the listener is registered that `emit` tells of: the first line of the stack that is not Node's own. */
function callSite(emit: () => unknown): string | undefined {
  const at: { stack?: string } = {}
  // Without whatever libraries, and we, have put around Node's `emit`.
  Error.captureStackTrace(at, emit)
  const [, ...callers] = at.stack?.split('\n') ?? []
  const site = callers.find((line) => !/\(node:|at node:/.test(line))
  return site?.trim().replace(/^at /, '')
}

/**
 * Creates our listeners on a process: one for each event, whoever wants it; none yet. `heard` gets the event's name and
 * its first argument.
 */
export function createProcessListeners(
  host: ProcessEvents,
  heard: (event: string, argument: unknown) => void,
) {
  const listening = new Map<string, (...args: never[]) => void>()
  const sites = new WeakMap<object, string>()
  let isOwn = false

  function remember(this: { emit(): unknown }, event: string, handler: object) {
    const site = isSignal(event) && !isOwn ? callSite(this.emit) : undefined
    if (site !== undefined) sites.set(handler, site)
  }

  const listen = (event: string) => {
    const listener = event === 'newListener' ? remember : (argument: unknown) => heard(event, argument)
    listening.set(event, listener)
    isOwn = true
    host.on(event, listener)
    isOwn = false
  }

  return {
    hearsSignal: (event: string): event is NodeJS.Signals => isSignal(event) && listening.has(event),
    /** Listens to exactly these events from now on. */
    listenTo(events: ReadonlySet<string>) {
      const wanted = events.size > 0 ? new Set(['newListener', ...events]) : events
      for (const [event, listener] of listening) {
        if (wanted.has(event)) continue
        host.off(event, listener)
        listening.delete(event)
      }
      for (const event of wanted) if (!listening.has(event)) listen(event)
    },
    /** Other people's handlers of the signals that are listened to. */
    foreignHandlers: (): ForeignHandler[] =>
      [...listening].flatMap(([event, own]) => {
        if (!isSignal(event)) return []
        const others = host.listeners(event).filter((handler) => handler !== own)
        // Node tells of a listener of `once` without what it wraps it in.
        const site = (handler: unknown) =>
          sites.get((handler as { listener?: object }).listener ?? (handler as object))
        return others.map((handler) => ({ signal: event, handler, site: site(handler) }))
      }),
  }
}
