import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { selfSigned } from '@lameduck/conformance/subject'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../src/clock.js'
import type { DrainWatcher } from '../src/drain/drainable.js'
import { createMessageServer } from '../src/messages/message-server.js'
import { createPatientClock } from './patient-clock.js'

const open: Socket[] = []
const servers: Server[] = []

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

function watch(): DrainWatcher & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    changed: () => void calls.push('changed'),
    arrived: () => void calls.push('arrived'),
    rejectLate: false,
  }
}

async function bench() {
  const server = createServer().on('connection', (socket) => socket.on('error', () => {}).resume())
  const drainable = createMessageServer(systemClock, server, {
    kind: 'tcp',
    describe: () => ({ path: 'sum' }),
  })
  servers.push(server.listen({ port: 0, host: '127.0.0.1' }))
  await once(server, 'listening')
  const join = async () => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
    open.push(client)
    await Promise.all([once(client, 'connect'), once(server, 'connection')])
    return client
  }
  return { server, drainable, join }
}

test('counts connections and messages, each message once', async () => {
  const { drainable, join } = await bench()
  await join()
  const [first, second] = [{}, {}]
  drainable.began(first)
  drainable.began(second)
  drainable.ended(first)
  drainable.ended(first)
  expect(drainable).toMatchObject({ kind: 'tcp', listening: true, connections: 1, inFlight: 1, finished: 0 })
  expect(drainable.rate()).toBeGreaterThan(0)
})

test('leaves the connections alone while a message is unanswered, and then says FIN', async () => {
  const { drainable, join } = await bench()
  const client = await join()
  const watcher = watch()
  const message = {}
  drainable.began(message)
  drainable.announce(watcher)
  await drainable.stopAccepting(0)
  expect(drainable.listening).toBe(false)
  await drainable.closeIdle()
  expect(client.destroyed).toBe(false)
  drainable.ended(message)
  // Its answer is still to be written.
  expect(drainable.inFlight).toBe(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(drainable).toMatchObject({ inFlight: 0, finished: 1 })
  expect(watcher.calls).toContain('changed')
  await Promise.all([drainable.closeIdle(), once(client, 'end')])
  expect(drainable).toMatchObject({ connections: 0, closed: { idle: 1 } })
})

test('says that traffic still comes, and who hung up', async () => {
  const { drainable, join } = await bench()
  const watcher = watch()
  drainable.announce(watcher)
  const client = await join()
  expect(watcher.calls).toEqual(['arrived'])
  client.destroy()
  while (drainable.connections > 0) await new Promise((resolve) => setImmediate(resolve))
  expect(drainable.closed).toEqual({ 'by-client': 1 })
})

test('knows who was there before, and who may still send something', async () => {
  const { drainable, join } = await bench()
  const early = await join()
  expect(drainable.hasIdle?.()).toBe(true)
  drainable.announce(watch())
  await join()
  expect(drainable).toMatchObject({ connections: 2, kept: 1 })
  early.destroy()
  while (drainable.connections > 1) await new Promise((resolve) => setImmediate(resolve))
  expect(drainable.kept).toBe(0)
})

test('lets who has not sent anything yet send it, and then waits for the answer', async () => {
  const { drainable, join } = await bench()
  const client = await join()
  drainable.announce(watch())
  await drainable.stopAccepting(60_000)
  let isOver = false
  const idleGone = drainable.closeIdle().then(() => {
    isOver = true
  })
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(isOver).toBe(false)
  drainable.began({})
  await idleGone
  expect(client.readableEnded).toBe(false)
  drainable.release()
})

test('cuts what is not answered, and names it', async () => {
  const { drainable, join } = await bench()
  const client = await join()
  drainable.began({})
  drainable.announce(watch())
  await drainable.stopAccepting(0)
  expect(drainable.unfinished()).toEqual([{ kind: 'message', path: 'sum', age: expect.any(Number) }])
  await Promise.all([drainable.cut(), once(client, 'close')])
  expect(drainable.closed).toEqual({ cut: 1 })
})

test('does not begin to listen while draining, and keeps its close to itself until it is released', async () => {
  const server = createServer()
  const drainable = createMessageServer(systemClock, server, { kind: 'tcp', describe: () => ({}) })
  const heard: string[] = []
  for (const event of ['listening', 'close']) server.on(event, () => heard.push(event))
  drainable.announce(watch())
  server.listen({ port: 0, host: '127.0.0.1' })
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(server.listening).toBe(false)
  expect(heard).toEqual([])
  drainable.release()
})

test('tells of the last answer only, however often an end is told', async () => {
  const { drainable } = await bench()
  const watcher = watch()
  const [first, second] = [{}, {}]
  drainable.began(first)
  drainable.began(second)
  drainable.announce(watcher)
  drainable.ended(first)
  drainable.ended(first)
  await new Promise((resolve) => setImmediate(resolve))
  expect(drainable).toMatchObject({ inFlight: 1, finished: 1 })
  expect(watcher.calls).toEqual([])
  drainable.ended(second)
  await new Promise((resolve) => setImmediate(resolve))
  expect(drainable).toMatchObject({ inFlight: 0, finished: 2 })
  expect(watcher.calls).toEqual(['changed'])
})

test('without a server of its own: waits for messages, and knows nothing of traffic', async () => {
  const drainable = createMessageServer(systemClock, undefined, {
    kind: 'broker',
    describe: () => ({ path: 'sum' }),
  })
  const watcher = watch()
  const message = {}
  drainable.began(message)
  expect(drainable).toMatchObject({ listening: false, connections: 0, inFlight: 1 })
  expect(drainable.rate()).toBe(0)
  drainable.announce(watcher)
  await drainable.stopAccepting(0)
  await drainable.closeIdle()
  expect(drainable.unfinished()).toEqual([{ kind: 'message', path: 'sum', age: expect.any(Number) }])
  drainable.ended(message)
  await new Promise((resolve) => setImmediate(resolve))
  expect(watcher.calls).toEqual(['changed'])
  await drainable.cut()
  drainable.release()
  expect(drainable).toMatchObject({ inFlight: 0, finished: 1, closed: {} })
})

test('of node:tls: a connection counts from its handshake on, once; what never listened is left alone', async () => {
  const server = createTlsServer(selfSigned, (socket) => socket.on('error', () => {}).resume())
  const drainable = createMessageServer(systemClock, server, { kind: 'tcp', describe: () => ({}) })
  servers.push(server)
  await drainable.stopAccepting(0)
  expect(drainable.connections).toBe(0)
  await once(server.listen({ port: 0, host: '127.0.0.1' }), 'listening')
  const { port } = server.address() as AddressInfo
  const raw = connect(port, '127.0.0.1').resume()
  open.push(raw)
  await Promise.all([once(raw, 'connect'), once(server, 'connection')])
  expect(drainable.connections).toBe(1)
  const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }).resume()
  open.push(client)
  await Promise.all([once(client, 'secureConnect'), once(server, 'secureConnection')])
  expect(drainable.connections).toBe(2)
  drainable.announce(watch())
  drainable.release()
  expect(server.listening).toBe(false)
})

test('of node:tls: a handshake under way gets its time behind the listener, and is served if it gets on', async () => {
  const server = createTlsServer(selfSigned, (socket) => socket.on('error', () => {}).resume())
  const drainable = createMessageServer(createPatientClock(), server, { kind: 'tcp', describe: () => ({}) })
  servers.push(server)
  await once(server.listen({ port: 0, host: '127.0.0.1' }), 'listening')
  const { port } = server.address() as AddressInfo
  const [mute, slow] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  open.push(mute, slow)
  await Promise.all([once(mute, 'connect'), once(slow, 'connect')])
  while (drainable.connections < 2) await new Promise(setImmediate)
  drainable.announce(watch())
  await drainable.stopAccepting(2000)
  expect(server.listening).toBe(false)
  expect(drainable).toMatchObject({ connections: 2, closed: {} })
  const secure = connectTls({ socket: slow, rejectUnauthorized: false }).resume()
  await Promise.all([once(secure, 'secureConnect'), once(server, 'secureConnection')])
  expect(drainable.connections).toBe(2)
  const gone = once(mute.resume(), 'close')
  await drainable.closeIdle()
  await gone
  expect(drainable).toMatchObject({ connections: 0, closed: { handshake: 1, idle: 1 } })
  drainable.release()
})

test('whose client has gone is no work any more: one that went before the drain, and one that goes in it', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  const sockets = new Map<object, Socket>()
  const drainable = createMessageServer(systemClock, server, {
    kind: 'tcp',
    describe: () => ({}),
    socketOf: (message) => sockets.get(message),
  })
  servers.push(server)
  await once(server.listen({ port: 0, host: '127.0.0.1' }), 'listening')
  const { port } = server.address() as AddressInfo
  const ask = async () => {
    const client = connect(port, '127.0.0.1')
    open.push(client)
    const [socket] = (await once(server, 'connection')) as [Socket]
    const message = {}
    sockets.set(message, socket)
    drainable.began(message)
    return { client, gone: once(socket, 'close') }
  }
  const [before, during, stays] = [await ask(), await ask(), await ask()]
  before.client.destroy()
  await before.gone
  drainable.announce(watch())
  expect(drainable.inFlight).toBe(2)
  during.client.destroy()
  await during.gone
  expect(drainable.inFlight).toBe(1)
  expect(stays.client.destroyed).toBe(false)
  drainable.release()
})
