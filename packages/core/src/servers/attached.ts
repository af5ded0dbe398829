/** On every server that some lifecycle has: also if another copy of lameduck made it. */
const kAttached = Symbol.for('lameduck.attached.v1')

/** Whether a lifecycle, of whichever copy of lameduck, has this server. */
export const isAttached = (server: object): boolean => kAttached in server

/** Marks a server as some lifecycle's. The mark can be taken away: a preload gives way to the application. */
export function markAttached(server: object): void {
  Object.defineProperty(server, kAttached, { value: true, configurable: true })
}
