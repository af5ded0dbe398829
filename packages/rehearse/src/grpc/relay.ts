import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Balancer } from '../balancers/balancer.js'

/** A port that stays the same, behind which each connection goes to the replica that was picked for it. */
export interface Relay {
  port: number
  /** The replica that the last connection was for; `undefined`: the balancer knew of none. */
  peer(): string | undefined
  /** How many connections there have been, refused ones included. */
  connections(): number
  /** Why the last connection reached no replica; `undefined`: it did. */
  refusal(): string | undefined
  /** Resets what is open. */
  close(): void
}

const host = '127.0.0.1'

/**
 * What the address of a Kubernetes Service is to a client that keeps one: chosen when a connection is opened, and bytes untouched
 * from then on. What closes or resets on one side does on the other; a connection that is refused is reset.
 */
export async function openRelay(pick: Balancer['pick']): Promise<Relay> {
  const open = new Set<Socket>()
  let peer: string | undefined
  let connections = 0
  let refusal: string | undefined

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const endpoint = pick()
    peer = endpoint?.id
    connections++
    open.add(near)
    near.on('close', () => open.delete(near))
    if (!endpoint) {
      refusal = 'the Service has no endpoints'
      near.on('error', () => {})
      near.resetAndDestroy()
      return
    }
    const far = connect({ ...endpoint.address, allowHalfOpen: true, noDelay: true })
    refusal = 'not connected yet'
    far.once('connect', () => {
      refusal = undefined
    })
    far.on('error', (error) => {
      if (refusal !== undefined) refusal = error.message
    })
    join(near, far)
    join(far, near)
  })
  server.listen({ port: 0, host })
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    peer: () => peer,
    connections: () => connections,
    refusal: () => refusal,
    close() {
      server.close()
      for (const socket of open) socket.resetAndDestroy()
    },
  }
}

function join(from: Socket, to: Socket): void {
  from.pipe(to)
  from.on('error', () => to.resetAndDestroy())
  from.on('close', () => to.destroySoon())
}
