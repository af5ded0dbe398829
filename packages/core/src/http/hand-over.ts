/** On an upgraded socket: what its HTTP server does when the socket gets another owner; the same for every copy of lameduck. */
const kRelease = Symbol.for('lameduck.release.v1')
/** On a socket that has another owner. */
const kTaken = Symbol.for('lameduck.taken.v1')

type UpgradedSocket = object & { [kRelease]?: () => void; [kTaken]?: true }

/** Whether an upgraded socket belongs to a server that drains it itself. */
export const isTakenOver = (socket: object): boolean => kTaken in socket

/** Calls `release` when somebody takes the socket over. */
export function releaseWhenTaken(socket: object, release: () => void): void {
  ;(socket as UpgradedSocket)[kRelease] = release
}

/** Takes an upgraded socket over: its HTTP server neither waits for it nor ends it from now on. */
export function takeOver(socket: object): void {
  const upgraded = socket as UpgradedSocket
  upgraded[kTaken] = true
  upgraded[kRelease]?.()
  delete upgraded[kRelease]
}

/** Those who may know the owner of an upgraded socket that nobody has taken over. */
const finders = new Set<(socket: object) => void>()

/** As {@link offer} does it, calls `find` from now on. Returns how to stop. */
export function findOwners(find: (socket: object) => void): () => void {
  finders.add(find)
  return () => void finders.delete(find)
}

/** Has an owner looked for that takes the socket over. */
export function offer(socket: object): void {
  for (const find of finders) find(socket)
}
