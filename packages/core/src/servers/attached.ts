/** On every server that some lifecycle has: also if another copy of lameduck made it. */
export const kAttached = Symbol.for('lameduck.attached.v1')

/**
 * Takes off a server what its lifecycle has put there, if that has stopped; false if not. `isForNow`: the lifecycle is a preload's, which
 * gives way to the application's.
 */
export type LetGo = (() => boolean) & { readonly isForNow?: true }

/** Where the lifecycle that has a server has stopped, takes off what it has left there; false if not, as those of earlier copies never do. */
export function letGoIfOver(server: object): boolean {
  const letGo = (server as { readonly [kAttached]?: LetGo | true })[kAttached]
  return typeof letGo === 'function' && letGo() && Reflect.deleteProperty(server, kAttached)
}

/** Whether a lifecycle, of whichever copy of lameduck, has this server. One that has stopped lets go of it now. */
export const isAttached = (server: object): boolean => !letGoIfOver(server) && kAttached in server

/** Marks a server as a lifecycle's. The mark can be taken away: a preload gives way to the application. */
export function markAttached(server: object, letGo: LetGo = () => false): void {
  Object.defineProperty(server, kAttached, { value: letGo, configurable: true })
}
