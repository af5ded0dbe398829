import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Connection, createConnection } from '../src/connection.js'

const open: { server: Server; sockets: Set<Socket> }[] = []
const connections: Connection[] = []

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close()
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A server that answers the n-th request of its life (from 0) as told, and counts its connections. */
async function listen(answer: (socket: Socket, n: number, request: string) => void) {
  let requests = 0
  let opened = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    opened++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => answer(socket, requests++, String(chunk)))
  })
  open.push({ server, sockets })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { port, opened: () => opened, requests: () => requests }
}

function connect(ports: number[], timeout = 2000) {
  let next = 0
  const connection = createConnection({
    timeout,
    pick() {
      const port = ports[next++]
      return port === undefined
        ? undefined
        : { id: `r${next}`, address: { host: '127.0.0.1', port }, ready: true }
    },
  })
  connections.push(connection)
  return connection
}

const get = { kind: 'http', method: 'GET', path: '/' } as const
const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const wholeAndClose = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'

describe('createConnection', () => {
  test('stays with its replica as long as the connection is open', async () => {
    const server = await listen((socket) => socket.write(whole))
    const connection = connect([server.port, 1, 1])
    expect(await connection.ask(get)).toEqual({ outcome: { kind: 'ok' }, replica: 'r1', reused: false })
    expect(await connection.ask(get)).toEqual({ outcome: { kind: 'ok' }, replica: 'r1', reused: true })
    expect(server.opened()).toBe(1)
  })

  test('never sends on a connection that was said to close, though the server keeps it open', async () => {
    const first = await listen((socket) => socket.write(wholeAndClose))
    const second = await listen((socket) => socket.write(whole))
    const connection = connect([first.port, second.port])
    expect((await connection.ask(get)).replica).toBe('r1')
    expect(await connection.ask(get)).toEqual({ outcome: { kind: 'ok' }, replica: 'r2', reused: false })
    expect(first.requests()).toBe(1)
  })

  test('picks anew when the server has closed an idle connection', async () => {
    let closed = () => {}
    const gone = new Promise<void>((resolve) => {
      closed = resolve
    })
    const first = await listen((socket) => {
      socket.on('close', () => closed())
      socket.end(whole)
    })
    const second = await listen((socket) => socket.write(whole))
    const connection = connect([first.port, second.port])
    await connection.ask(get)
    await gone
    expect(await connection.ask(get)).toMatchObject({ outcome: { kind: 'ok' }, replica: 'r2' })
  })

  test('sends nothing twice: a hang-up is reported', async () => {
    const server = await listen((socket, n) => (n === 0 ? socket.write(whole) : socket.end()))
    const connection = connect([server.port, server.port, server.port])
    await connection.ask(get)
    expect(await connection.ask(get)).toMatchObject({
      outcome: { kind: 'lost', cause: 'hang-up' },
      replica: 'r1',
      reused: true,
    })
    expect(server.requests()).toBe(2)
  })

  test.each([
    ['a short body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok'],
    ['an unfinished chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'],
    [
      'a short body after Connection: close',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nok',
    ],
    [
      'chunks without end after Connection: close',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
    ],
  ])('%s is truncated', async (_name, text) => {
    const server = await listen((socket) => socket.end(text))
    expect((await connect([server.port]).ask(get)).outcome).toMatchObject({
      kind: 'lost',
      cause: 'truncated',
    })
  })

  test('a reset, a status, nonsense and silence are told apart', async () => {
    const server = await listen((socket, n) => {
      if (n === 0) socket.resetAndDestroy()
      else if (n === 1) socket.end('HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      else if (n === 2) socket.end('hello\r\n\r\n')
    })
    const connection = connect([server.port, server.port, server.port, server.port])
    expect((await connection.ask(get)).outcome).toMatchObject({ cause: 'reset' })
    expect((await connection.ask(get)).outcome).toEqual({ kind: 'lost', cause: 'status', detail: '503' })
    expect((await connection.ask(get)).outcome).toMatchObject({ cause: 'malformed' })
    expect((await connection.ask(get)).outcome).toMatchObject({ cause: 'time-out' })
  })

  test('nobody listening and nobody known are both refused', async () => {
    const connection = connect([1])
    expect(await connection.ask(get)).toMatchObject({ outcome: { kind: 'refused' }, replica: 'r1' })
    expect(await connection.ask(get)).toMatchObject({ outcome: { kind: 'refused' }, replica: undefined })
  })
})
