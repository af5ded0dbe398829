import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What one connection has seen. */
export interface Seen {
  received: number
  /** The first bytes, as text. */
  text: string
  /** How it ended: the server said FIN, reset it, or nothing happened yet. */
  end: 'open' | 'FIN' | 'reset'
  readonly ended: Promise<void>
}

/** A connection that sends what it is told and remembers what comes. */
export interface RawClient extends Seen {
  readonly socket: Socket
  write(text: string): void
}

const kept = 4096

/** Connects to `port` of loopback. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const client = watch(socket)
  await once(socket, 'connect')
  return client
}

/** Remembers what comes on `socket`. */
export function watch(socket: Socket): RawClient {
  let settle = () => {}
  const ended = new Promise<void>((resolve) => {
    settle = resolve
  })
  const client: RawClient = {
    socket,
    received: 0,
    text: '',
    end: 'open',
    ended,
    write: (text) => void socket.write(text),
  }
  socket.on('data', (chunk) => {
    client.received += chunk.length
    if (client.text.length < kept) client.text += chunk.toString('latin1')
  })
  socket.on('end', () => {
    client.end = 'FIN'
  })
  socket.on('error', () => {
    client.end = 'reset'
  })
  socket.on('close', () => settle())
  return client
}

/** A request without a body. */
export const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** How many responses of status 200 `text` begins. */
export const answersIn = (text: string) => text.split('HTTP/1.1 200').length - 1
