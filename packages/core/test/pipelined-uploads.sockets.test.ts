import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { selfSigned } from '@lameduck/conformance/subject'
import { expect, test } from 'vitest'
import { createRealTimeLifecycle } from './in-process.js'

const chunked = 'HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
const [before, after] = ['x'.repeat(31), 'x'.repeat(92)]
/** An upload that is answered before it has been sent, and another behind it. */
const pieces = [
  `POST /big ${chunked}2d\r\n${'x'.repeat(45)}\r\n7b\r\n${before}`,
  `${after}\r\n0\r\n\r\nPOST /other HTTP/1.1\r\nHost: localhost`,
  `\r\nContent-Length: 281\r\n\r\n${'y'.repeat(137)}`,
  'y'.repeat(119),
  'y'.repeat(25),
]
const big = 'b'.repeat(65_536)
const turn = () => new Promise(setImmediate)

/** A server over TLS with large answers, and clients of it whose connections have been used once. */
async function createDrain(clientCount: number) {
  let handled = 0
  const server = createServer(selfSigned, (req, res) => {
    handled++
    if (req.url === '/huge') res.end(big.repeat(256))
    else if (req.url === '/read') req.resume().on('end', () => res.end('/read'))
    else res.end(req.url?.startsWith('/big') ? big : req.url)
  })
  const { lifecycle, signal, report } = createRealTimeLifecycle({
    gracePeriod: 60_000,
    shutdownDelay: 0,
    linger: 0,
  })
  lifecycle.attach(server)
  const release = lifecycle.hold('the clients')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await lifecycle.ready()
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    socket.write('GET /once HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    return socket
  }
  const clients = await Promise.all(Array.from({ length: clientCount }, open))
  const end = async () => {
    release()
    expect(await report).toMatchObject({ clean: true, cut: [] })
  }
  return { clients, signal, end, handled: () => handled - clientCount }
}

/** What a client receives up to `last`, or until it is closed. */
async function receivedUntil(socket: TLSSocket, last: string) {
  const received: string[] = []
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      received.push(bytes.toString('latin1'))
      if (received.slice(-2).join('').endsWith(last)) resolve()
    })
    socket.once('close', () => resolve())
  })
  socket.end()
  return received.join('')
}

test('an upload behind one whose large answer is on its way is answered as well, over TLS', {
  timeout: 60_000,
}, async () => {
  const { clients, signal, end } = await createDrain(20)
  signal()
  const answers = clients.map(async (socket) => {
    const received = receivedUntil(socket, '/other')
    for (const piece of pieces) {
      socket.write(piece)
      await turn()
    }
    return (await received).slice(-6)
  })
  expect(await Promise.all(answers)).toEqual(clients.map(() => '/other'))
  await end()
})

test('an upload whose rest comes when the large answer ahead of it has been read is answered, over TLS', {
  timeout: 60_000,
}, async () => {
  const { clients, signal, end, handled } = await createDrain(1)
  const [client] = clients as [TLSSocket]
  signal()
  client.pause()
  const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n`
  client.write(head('/huge'))
  while (handled() === 0) await turn()
  client.write(`body${head('/read')}`)
  while (handled() === 1) await turn()
  const answers = receivedUntil(client, '/read')
  client.resume()
  await once(client, 'data')
  client.write('body')
  expect((await answers).slice(-5)).toBe('/read')
  await end()
})

test('requests of a client that does not read their large answers are not all taken, over TLS', {
  timeout: 60_000,
}, async () => {
  const { clients, signal, end, handled } = await createDrain(1)
  const [client] = clients as [TLSSocket]
  const count = 500
  signal()
  client.pause()
  client.write(`GET /big?${'q'.repeat(1000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count))
  while (handled() === 0) await turn()
  for (let turns = 0; turns < 200; turns++) await turn()
  client.resume()
  const connections = (await receivedUntil(client, 'to its end')).match(/(?<=\r\nConnection: )[\w-]+/g)
  // What was taken is answered, and the last answer says that nothing behind it was.
  expect(connections?.lastIndexOf('keep-alive')).toBe(handled() - 2)
  expect(connections?.indexOf('close')).toBe(handled() - 1)
  expect(handled()).toBeLessThan(count / 2)
  await end()
})
