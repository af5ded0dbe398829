import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire of a given length between a client and a server on loopback. */
export interface DelayedRelay extends AsyncDisposable {
  readonly port: number
  /** Keeps back what clients send from now on, until `release()`. */
  hold(): void
  release(): void
  /** Stops reading what the server sends, until `flow()`: it fills the kernel's buffers and waits. */
  stall(): void
  flow(): void
}

/**
 * Carries bytes and FINs to `port` and back, each way `oneWay` milliseconds late; a reset arrives as one. A function is
 * asked for the port of every new connection: old ones stay where they are, as behind a Kubernetes Service.
 */
export async function delayedRelay(port: number | (() => number), oneWay: number): Promise<DelayedRelay> {
  const sockets = new Set<Socket>()
  const upstreams = new Set<Socket>()
  let held: (() => void)[] | undefined

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({
      port: typeof port === 'number' ? port : port(),
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    })
    upstreams.add(upstream)
    carry(client, upstream, (deliver) => (held === undefined ? deliver() : held.push(deliver)))
    carry(upstream, client, (deliver) => deliver())
  })

  function carry(from: Socket, to: Socket, gate: (deliver: () => void) => void): void {
    const later = (deliver: () => void) => setTimeout(() => gate(deliver), oneWay)
    sockets.add(from)
    from.on('data', (bytes) => later(() => to.writable && to.write(bytes)))
    from.on('end', () => later(() => to.end()))
    from.on('error', () => later(() => to.resetAndDestroy()))
    from.on('close', () => sockets.delete(from))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      held ??= []
    },
    release() {
      const waiting = held ?? []
      held = undefined
      for (const deliver of waiting) deliver()
    },
    stall() {
      for (const upstream of upstreams) upstream.pause()
    },
    flow() {
      for (const upstream of upstreams) upstream.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
