import cluster from 'node:cluster'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'
import { nextTick } from '../clock.js'

/** What `net` has and does not document. Where it is missing, the listener closes without this. */
interface Handle {
  listen?(backlog: number): number
  getpeername?(address: object): number
}

interface Internals {
  readonly _handle?: Handle | null
  readonly _connectionKey?: string
}

/**
 * With this backlog Linux has room for one connection more than it says in its queue, and drops the handshakes of others: their
 * clients try again a second later, and are refused by then. (With 0, older kernels send SYN cookies, and warn of an attack.)
 */
const backlog = 1
const room = backlog + 1
/** What Node listens with unless it is told otherwise; the kernel has its own limit (`somaxconn`). */
export const usualBacklog = 511

const handleOf = (object: Server | Socket) => (object as unknown as Internals)._handle ?? undefined

/**
 * Whether this is Linux, and this process made the listening socket for itself. One that was handed over, or is shared with the other
 * workers of a cluster, is not ours to change: others go on with it.
 */
export function canBeBarred(server: Server): boolean {
  const key = (server as unknown as Internals)._connectionKey
  const isOwn = !cluster.isWorker && /^[46]:/.test(key ?? '')
  return process.platform === 'linux' && isOwn && handleOf(server)?.listen !== undefined
}

/**
 * What the kernel has accepted and Node has not is reset when a listener closes, and between Node's last look into that queue and
 * `close()` there is always time for one more. So this fills the queue: if there was room for as many connections of our own as it
 * holds, then nobody else is in it, and nobody gets in until the event loop turns.
 *
 * @param attempt counts from 0; a server on all addresses may be reached by IPv4 or by IPv6 alone, which are tried by turns
 * @returns `barred`: close the listener now, which resets our own connections and no other. `occupied`: there was somebody in the
 * queue, or this kernel does not tell. `unseen`: our connections do not get there at all, it is no use to try again
 */
export async function barTheDoor(server: Server, attempt: number): Promise<'barred' | 'occupied' | 'unseen'> {
  const address = server.address()
  if (typeof address !== 'object' || address === null) return 'unseen'
  handleOf(server)?.listen?.(backlog)
  const ours = visitAll(address, attempt)
  // Sockets connect at the end of the tick; on one machine the kernel has shaken hands when that call returns.
  await new Promise<void>((resolve) => nextTick(resolve))
  const places = ours.map(placeOf)
  if (places.length === room && places.every((place) => place === 'in')) return 'barred'
  for (const socket of ours) socket.destroy()
  // While the queue is short, the kernel forgets clients who are in the middle of their handshake.
  handleOf(server)?.listen?.(usualBacklog)
  return places.length < room || places.includes('nowhere') ? 'unseen' : 'occupied'
}

/** Where a connection of ours is: with others who wait outside, or kept from the kernel by somebody who intercepts sockets (nock). */
function placeOf(socket: Socket): 'in' | 'outside' | 'nowhere' {
  const code = handleOf(socket)?.getpeername?.({}) ?? Number.NaN
  if (code === 0) return 'in'
  return code < 0 && getSystemErrorName(code) === 'ENOTCONN' ? 'outside' : 'nowhere'
}

function visitAll(address: AddressInfo, attempt: number): Socket[] {
  const sockets: Socket[] = []
  try {
    while (sockets.length < room) sockets.push(visit(address, attempt))
  } catch {
    // Somebody does not let us connect; those who have are let go of.
  }
  return sockets
}

function visit({ address, port }: AddressInfo, attempt: number): Socket {
  const any = attempt % 2 === 0 ? '127.0.0.1' : '::1'
  const host = address === '::' ? any : address === '0.0.0.0' ? '127.0.0.1' : address
  return connect({ host, port })
    .on('error', () => {})
    .unref()
}
