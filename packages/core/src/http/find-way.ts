import type { Server } from 'node:net'
import { nextTick } from '../clock.js'
import type { Arrivals } from './arrivals.js'
import { hostOf, room, visitAll, type Way } from './bar-the-door.js'
import { sharesPort } from './shared-port.js'

/** How many connections are sent at a time: of four servers on a port each gets two of the first ones in 94 of 100 cases. */
const rounds = [16, 32, 64, 128]

/**
 * Finds out how connections of our own get into a server's queue. Where others listen on the same port (SO_REUSEPORT), each
 * has a queue of its own, and the kernel chooses one by a hash of a connection's addresses and ports: so some are sent to see
 * which arrive here, and the same local ports will lead here again, as long as nobody joins or leaves.
 *
 * @param attempt as `hostOf` has it
 * @param untilQuiet resolves when the queue is empty
 * @returns undefined if none does
 */
export async function findWay(
  server: Server,
  attempt: number,
  arrivals: Arrivals,
  untilQuiet: () => Promise<void>,
): Promise<Way | undefined> {
  const host = hostOf(server, attempt)
  if (host === undefined) return undefined
  if (!sharesPort(server)) return { host }
  const localPorts: number[] = []
  for (const count of rounds) {
    localPorts.push(...(await portsThatLeadHere(server, host, count, arrivals, untilQuiet)))
    if (localPorts.length >= room) return { host, localPorts: localPorts.slice(-room) }
  }
  return undefined
}

async function portsThatLeadHere(
  server: Server,
  host: string,
  count: number,
  { visitors }: Arrivals,
  untilQuiet: () => Promise<void>,
): Promise<number[]> {
  const sockets = visitAll(server, host, Array(count).fill(0))
  // Sockets connect at the end of the tick.
  await new Promise<void>((resolve) => nextTick(resolve))
  for (const { localPort = 0 } of sockets) visitors.set(localPort, { address: host, hasArrived: false })
  await untilQuiet()
  for (const socket of sockets) socket.destroy()
  const found = [...visitors].flatMap(([port, { hasArrived }]) => (hasArrived ? [port] : []))
  visitors.clear()
  return found
}
