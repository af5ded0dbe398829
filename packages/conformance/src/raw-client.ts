import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type RequestParts, requestBytes } from './request-bytes.js'
import { type ResponseHead, ResponseParser } from './response-parser.js'
import { isHttp2, isTls, type Protocol } from './server-under-test.js'
import { type PromiseWithResolvers, withResolvers } from './with-resolvers.js'
import { patience, within } from './within.js'

/** How the peer ended the connection: in order, by reset, or not at all because this side did. */
export type Ending = 'fin' | 'reset' | 'local'

export interface Target {
  readonly port: number
  readonly host?: string
  readonly protocol?: Protocol
  /** Does not hang up when the peer does. */
  readonly allowHalfOpen?: boolean
}

export interface RawResponse extends ResponseHead {
  readonly body: Buffer
  readonly text: string
}

interface Exchange {
  readonly head: PromiseWithResolvers<ResponseHead>
  readonly whole: PromiseWithResolvers<RawResponse>
  readonly parts: Buffer[]
}

/** Enough of the raw bytes to look for a line of a stream; not 30 MB of them. */
const remembered = 256 * 1024

/**
 * One connection, written and read by hand: it sends exactly the bytes it is told to, never retries, and knows whether it
 * was ended by FIN or by RST.
 */
export class RawClient {
  readonly socket: Socket
  /** The TCP connection below TLS. */
  readonly #wire: Socket
  readonly informational: number[] = []
  readonly #closed: Promise<Ending>
  #ending: Ending | undefined
  #failure: Error | undefined
  #received = ''
  readonly #exchanges: Exchange[] = []
  #asked = 0
  #answered = 0
  readonly #methods: string[] = []
  readonly #parser: ResponseParser
  readonly #watchers = new Set<() => void>()

  /** Takes a socket, and the TCP connection below it where there is one. */
  constructor(socket: Socket, wire: Socket = socket) {
    this.socket = socket
    this.#wire = wire
    this.#parser = new ResponseParser(
      {
        informational: ({ status }) => this.informational.push(status),
        head: (head) => this.#exchange(this.#answered).head.resolve(head),
        body: (bytes) => this.#exchange(this.#answered).parts.push(bytes),
        end: () => this.#complete(),
      },
      () => this.#methods[this.#answered] === 'HEAD',
    )
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.once('end', () => {
      this.#ending ??= 'fin'
      if (this.#parser.finish())
        this.#failure ??= new Error('the connection ended in order, without a response')
      else this.#failure ??= new Error(`truncated: the connection ended ${this.#parser.where}`)
    })
    socket.on('error', (error) => {
      this.#ending ??= 'reset'
      this.#failure ??= error
    })
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve(this.#close())))
  }

  /** Connects, through the TLS handshake where there is one. Rejects with the socket's error. */
  static connect({
    port,
    host = '127.0.0.1',
    protocol = 'http',
    allowHalfOpen = false,
  }: Target): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const wire = connectTcp({ port, host, allowHalfOpen })
      const socket = isTls(protocol) ? secured(wire, isHttp2(protocol) ? 'h2' : 'http/1.1') : wire
      socket.once('error', reject)
      socket.once(isTls(protocol) ? 'secureConnect' : 'connect', () => {
        socket.removeListener('error', reject)
        resolve(new RawClient(socket, wire))
      })
    })
  }

  /** Settles when both directions are closed. */
  get closed(): Promise<Ending> {
    return within(this.#closed, patience, () => 'the connection is still open')
  }

  /** How the connection has ended so far; undefined while it is open. */
  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Resolves when the kernel has taken the bytes, also when it never will because the connection is gone. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed || this.socket.writableEnded) resolve()
      else this.socket.write(bytes, () => resolve())
    })
  }

  /** Writes a whole request. A body gets its Content-Length unless a framing header is given. */
  request(method: string, path: string, { headers = {}, body }: RequestParts = {}): Promise<void> {
    this.#methods.push(method)
    return this.send(requestBytes(method, path, { headers, ...(body === undefined ? {} : { body }) }))
  }

  get(path: string): Promise<RawResponse> {
    return this.ask('GET', path)
  }

  ask(method: string, path: string, parts?: RequestParts): Promise<RawResponse> {
    void this.request(method, path, parts)
    return this.response()
  }

  /** The next response, whole. Rejects when it is truncated, reset, or never comes. */
  response(ms = patience): Promise<RawResponse> {
    const number = this.#asked++
    return within(this.#exchange(number).whole.promise, ms, () => `no whole response ${number + 1}`)
  }

  /** The head of the next response, which `response()` then still returns whole. */
  head(ms = patience): Promise<ResponseHead> {
    return within(
      this.#exchange(this.#asked).head.promise,
      ms,
      () => `no head of response ${this.#asked + 1}`,
    )
  }

  /** Waits until these characters have come over the wire. */
  async receives(text: string, ms = patience): Promise<void> {
    const found = new Promise<void>((resolve) => {
      const look = () => {
        if (!this.#received.includes(text)) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
    await within(
      found,
      ms,
      () => `${JSON.stringify(text)} is not in ${JSON.stringify(this.#received.slice(-400))}`,
    )
  }

  /** Stops reading: the peer's bytes fill the kernel's buffers and wait. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  halfClose(): void {
    this.socket.end()
  }

  reset(): void {
    this.#ending ??= 'local'
    this.#wire.resetAndDestroy()
    this.socket.destroy()
  }

  destroy(): void {
    this.#ending ??= 'local'
    this.socket.destroy()
  }

  #read(bytes: Buffer): void {
    if (this.#received.length < remembered) this.#received += bytes.toString('latin1')
    try {
      this.#parser.push(bytes)
    } catch (error) {
      this.#failure ??= error as Error
      this.socket.destroy()
    }
    for (const look of this.#watchers) look()
  }

  #exchange(number: number): Exchange {
    while (this.#exchanges.length <= number) {
      const exchange: Exchange = { head: withResolvers(), whole: withResolvers(), parts: [] }
      exchange.head.promise.catch(() => {})
      exchange.whole.promise.catch(() => {})
      if (this.socket.destroyed) this.#fail(exchange)
      this.#exchanges.push(exchange)
    }
    return this.#exchanges[number] as Exchange
  }

  #complete(): void {
    const { head, whole, parts } = this.#exchange(this.#answered++)
    const body = Buffer.concat(parts)
    head.promise.then(
      (start) => whole.resolve({ ...start, body, text: body.length < remembered ? body.toString() : '' }),
      () => {},
    )
  }

  #close(): Ending {
    this.#ending ??= 'local'
    for (const exchange of this.#exchanges) this.#fail(exchange)
    return this.#ending
  }

  #fail({ head, whole, parts }: Exchange): void {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    const error = new Error(
      `${this.#failure?.message ?? 'closed by this side'} (${bytes} bytes of body came)`,
    )
    head.reject(error)
    whole.reject(error)
  }
}

/** TLS over a TCP connection, trusting anybody. */
export function secured(wire: Socket, protocol: 'h2' | 'http/1.1' = 'http/1.1'): Socket {
  return connectTls({ socket: wire, rejectUnauthorized: false, ALPNProtocols: [protocol] })
}
