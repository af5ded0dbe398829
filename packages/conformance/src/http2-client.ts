import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { secured, type Target } from './raw-client.js'
import { isTls, type Protocol } from './server-under-test.js'
import { patience, within } from './within.js'

/** The code of a stream that its server has not processed: safe to send again (RFC 9113 §8.7). */
const refusedStream = 7

/** Enough of a body to look for a line of a stream. */
const remembered = 256 * 1024

export interface Http2Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

export interface Http2Parts {
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

/** What a session was told before it ended. */
export interface Goaway {
  readonly code: number
  readonly lastStream: number
  readonly at: number
}

/** Why a stream has no whole answer. */
export class StreamFailure extends Error {
  readonly code: number
  /** The server says, or has said by its GOAWAY, that it has not processed the request. */
  readonly isSafeToRepeat: boolean

  constructor(message: string, code: number, isSafeToRepeat: boolean) {
    super(`${message} (code ${code})`)
    this.code = code
    this.isSafeToRepeat = isSafeToRepeat
  }
}

/** One request as it goes on: its head, its body's pieces, and its end. */
export class Http2Exchange {
  readonly stream: ClientHttp2Stream
  readonly head: Promise<IncomingHttpHeaders>
  readonly #response: Promise<Http2Response>
  #received = ''
  #bytes = 0
  readonly #watchers = new Set<() => void>()

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream
    let head: IncomingHttpHeaders | undefined
    let failure: NodeJS.ErrnoException | undefined
    const parts: Buffer[] = []
    let hasEnded = false
    stream.on('data', (bytes: Buffer) => {
      parts.push(bytes)
      this.#bytes += bytes.length
      if (this.#bytes < remembered) this.#received += bytes.toString('latin1')
      for (const look of this.#watchers) look()
    })
    stream.on('end', () => {
      hasEnded = true
    })
    stream.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error
    })
    this.head = new Promise((resolve, reject) => {
      stream.once('response', (headers) => {
        head = headers
        resolve(headers)
      })
      stream.once('close', () => reject(new StreamFailure('no head', stream.rstCode ?? 0, false)))
    })
    this.head.catch(() => {})
    this.#response = new Promise((resolve, reject) => {
      stream.once('close', () => {
        const code = stream.rstCode ?? 0
        const body = Buffer.concat(parts)
        // A body that is shorter or longer than it says is an error of the stream: Node looks after that.
        if (head !== undefined && hasEnded && code === 0) {
          const text = body.length < remembered ? body.toString() : ''
          resolve({ status: Number(head[':status']), headers: head, body, text })
        } else if (head !== undefined) {
          reject(new StreamFailure(`truncated after ${body.length} bytes`, code, false))
        } else {
          const isSafe = code === refusedStream || failure?.code === 'ERR_HTTP2_GOAWAY_SESSION'
          reject(new StreamFailure(`no answer: ${failure?.message}`, code, isSafe))
        }
      })
    })
    this.#response.catch(() => {})
  }

  /** The answer, whole. Rejects with a {@link StreamFailure}. */
  response(ms = patience): Promise<Http2Response> {
    return within(this.#response, ms, () => `no whole answer on stream ${this.stream.id}`)
  }

  /** Waits until these characters have come. */
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
    await within(found, ms, () => `${JSON.stringify(text)} is not in ${this.#received.slice(-400)}`)
  }

  /** Sends a piece of the body. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.stream.writable) this.stream.write(bytes, () => resolve())
      else resolve()
    })
  }
}

/** One HTTP/2 connection of a client that repeats nothing by itself, and writes down what it is told. */
export class Http2Client {
  readonly session: ClientHttp2Session
  readonly #wire: Socket
  readonly goaways: Goaway[] = []
  readonly #closed: Promise<void>

  constructor(session: ClientHttp2Session, wire: Socket) {
    this.session = session
    this.#wire = wire
    session.on('error', () => {})
    session.on('goaway', (code, lastStream) => {
      this.goaways.push({ code, lastStream, at: performance.now() })
    })
    this.#closed = new Promise((resolve) => session.once('close', () => resolve()))
  }

  /** Connects and waits for the server's settings. Rejects with the socket's error. */
  static async connect(target: Target, options: ClientSessionOptions = {}): Promise<Http2Client> {
    const { port, host = '127.0.0.1', protocol = 'h2c' } = target
    return await Http2Client.over(await connectedTo(port, host), protocol, options)
  }

  /** Connects, through the TLS handshake where there is one, and says nothing. For {@link over} later. */
  static async silent({ port, host = '127.0.0.1', protocol = 'h2c' }: Target): Promise<Socket> {
    const wire = await connectedTo(port, host)
    if (!isTls(protocol)) return wire
    const socket = secured(wire, 'h2')
    await once(socket, 'secureConnect')
    return socket
  }

  /** Speaks HTTP/2, over TLS where the protocol says so, on a connection that nobody else reads. */
  static over(
    wire: Socket,
    protocol: Protocol = 'h2c',
    options: ClientSessionOptions = {},
  ): Promise<Http2Client> {
    return new Promise((resolve, reject) => {
      const client = Http2Client.begin(wire, protocol, options)
      const { session } = client
      session.once('error', reject)
      session.once('close', () => reject(new Error('the session ended before it began')))
      session.once('remoteSettings', () => resolve(client))
    })
  }

  /** The same, without waiting for anything that the server says: what is asked at once is sent with the preface. */
  static begin(wire: Socket, protocol: Protocol = 'h2c', options: ClientSessionOptions = {}): Http2Client {
    const socket = isTls(protocol) ? secured(wire, 'h2') : wire
    const scheme = isTls(protocol) ? 'https' : 'http'
    return new Http2Client(
      connect(`${scheme}://localhost`, { ...options, createConnection: () => socket }),
      wire,
    )
  }

  /** Settles when the connection has closed. */
  get closed(): Promise<void> {
    return within(this.#closed, patience, () => 'the session is still open')
  }

  /** Opens a stream and leaves its body open. */
  open(method: string, path: string, headers: OutgoingHttpHeaders = {}): Http2Exchange {
    const endStream = method === 'GET' || method === 'HEAD'
    return new Http2Exchange(
      this.session.request({ ':method': method, ':path': path, ...headers }, { endStream }),
    )
  }

  /** Asks and waits for the whole answer. On a session that was told to go nothing is sent. */
  ask(method: string, path: string, { headers, body }: Http2Parts = {}): Promise<Http2Response> {
    try {
      const exchange = this.open(method, path, headers)
      if (method !== 'GET' && method !== 'HEAD') exchange.stream.end(body)
      return exchange.response()
    } catch (error) {
      return Promise.reject(new StreamFailure(`not sent: ${(error as Error).message}`, 0, true))
    }
  }

  get(path: string): Promise<Http2Response> {
    return this.ask('GET', path)
  }

  reset(): void {
    this.#wire.resetAndDestroy()
    this.session.destroy()
  }

  destroy(): void {
    this.session.destroy()
    this.#wire.destroy()
  }
}

function connectedTo(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.removeListener('error', reject)
      resolve(socket)
    })
  })
}
