import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'
import { nextTick } from '../clock.js'
import { handleOf, listenKeyOf } from './node-fields.js'

/** How connections of our own get into a server's queue. */
export interface Way {
  /** Where to connect to. */
  readonly host: string
  /** From where, if that makes a difference: others listen on the same port. */
  readonly localPorts?: readonly number[]
}

/**
 * With this backlog Linux has room for one connection more than it says in its queue, and drops the handshakes of others: their
 * clients try again a second later, and are refused by then. (With 0, older kernels send SYN cookies, and warn of an attack.)
 */
const backlog = 1
/** How many connections fill it then. */
export const room: number = backlog + 1
/** What Node listens with unless it is told otherwise; the kernel has its own limit (`somaxconn`). */
export const usualBacklog = 511

/**
 * Whether this is Linux, and this process made the listening socket for itself. One that was handed over, or is shared with the other
 * workers of a cluster (whose handle has a `close` of its own, which tells the primary), is not ours to change: others go on with it.
 */
export function canBeBarred(server: Server): boolean {
  const handle = handleOf(server)
  const isOwn = handle !== undefined && !Object.hasOwn(handle, 'close') && /^[46]:/.test(listenKeyOf(server))
  return process.platform === 'linux' && isOwn && handle.listen !== undefined
}

/**
 * What the kernel has accepted and Node has not is reset when a listener closes, and between Node's last look into that queue and
 * `close()` there is always time for one more. So this fills the queue: if there was room for as many connections of our own as it
 * holds, then nobody else is in it, and nobody gets in until the event loop turns.
 *
 * @param way how to get there
 * @returns `barred`: close the listener now, which resets our own connections and no other. `occupied`: there was somebody in the
 * queue, or this kernel does not tell. `unseen`: our connections do not get there at all, it is no use to try again
 */
export async function barTheDoor(server: Server, way: Way): Promise<'barred' | 'occupied' | 'unseen'> {
  handleOf(server)?.listen?.(backlog)
  const ours = visitAll(server, way.host, way.localPorts ?? Array(room))
  // Sockets connect at the end of the tick; on one machine the kernel has shaken hands when that call returns.
  await new Promise<void>((resolve) => nextTick(resolve))
  const places = ours.map(placeOf)
  const isFull = places.length === room && places.every((place) => place === 'in')
  // Those in the queue stay there, closed or not. Where the kernel hands a queue on, a sibling must not find them alive.
  for (const socket of ours) socket.destroy()
  if (isFull) return 'barred'
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

/**
 * Connects to a server from its own machine, and keeps nobody alive for it.
 *
 * @param localPorts each is bound to `host` as well, so that no connection to elsewhere has it; 0: any. undefined: it is not bound
 * @returns those that have begun: there may be somebody who does not let us connect
 */
export function visitAll(
  server: Server,
  host: string,
  localPorts: readonly (number | undefined)[],
): Socket[] {
  const sockets: Socket[] = []
  try {
    const { port } = server.address() as AddressInfo
    for (const localPort of localPorts) {
      const from = localPort === undefined ? {} : { localAddress: host, localPort }
      sockets.push(
        connect({ host, port, ...from })
          .on('error', () => {})
          .unref(),
      )
    }
  } catch {
    // What has begun is let go of.
  }
  return sockets
}

/**
 * Where to reach a server from its own machine; undefined if it has no port.
 *
 * @param attempt counts from 0; a server on all addresses may be reached by IPv4 or by IPv6 alone, which are tried by turns
 */
export function hostOf(server: Server, attempt: number): string | undefined {
  const address = server.address()
  if (typeof address !== 'object' || address === null) return undefined
  const any = attempt % 2 === 0 ? '127.0.0.1' : '::1'
  return address.address === '::' ? any : address.address === '0.0.0.0' ? '127.0.0.1' : address.address
}
