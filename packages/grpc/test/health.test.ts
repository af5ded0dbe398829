import { setTimeout as sleep } from 'node:timers/promises'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { afterEach, expect, test } from 'vitest'
import { graceful } from '../src/index.js'
import { handlersFor, work } from './scenarios/service.mjs'
import { WorkClient } from './work-client.js'

const quiet = { logger: false, signals: false, shutdownDelay: 0, linger: 0 } as const
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

/** A server that listens; `prepare` may keep it from being ready. */
const serve = async (
  prepare: (lifecycle: ReturnType<typeof graceful>['lifecycle']) => void = () => {},
  options: object = {},
) => {
  const { interceptor, attach, lifecycle } = graceful({ ...quiet, ...options })
  prepare(lifecycle)
  const server = new Server({ interceptors: [interceptor] })
  attach(server)
  server.addService(work, handlersFor(lifecycle))
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  const client = new WorkClient(port)
  endings.push(
    () => client[Symbol.dispose](),
    () => lifecycle.stop(),
  )
  return { client, lifecycle, server }
}

const serving = { status: 'SERVING' }
const notServing = { status: 'NOT_SERVING' }

test('Check knows the server, its services and the three probes, and nothing else', async () => {
  const { client } = await serve()
  for (const service of ['', 'test.Work', 'readiness', 'liveness', 'startup']) {
    expect(await client.check(service)).toBe('SERVING')
  }
  for (const service of ['test.Wor', 'test', 'Work', 'toString', '__proto__', 'readyz']) {
    await expect(client.check(service)).rejects.toMatchObject({ code: status.NOT_FOUND })
  }
})

test('List tells everything at once', async () => {
  const { client } = await serve()
  expect(await client.listHealth()).toEqual({
    '': 'SERVING',
    readiness: 'SERVING',
    liveness: 'SERVING',
    startup: 'SERVING',
    'test.Work': 'SERVING',
    'grpc.health.v1.Health': 'SERVING',
  })
})

test('until startup is done, only liveness is SERVING; who watches is told once when that changes', async () => {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  const { client, lifecycle } = await serve((each) => each.startup('cache', () => promise))
  expect(await client.check('liveness')).toBe('SERVING')
  for (const service of ['', 'test.Work', 'readiness', 'startup']) {
    expect(await client.check(service)).toBe('NOT_SERVING')
  }
  const watches = ['', 'startup'].map((service) => client.watch(service))
  await Promise.all(watches.map((watch) => watch.atLeast(1)))
  resolve()
  await Promise.all(watches.map((watch) => watch.atLeast(2)))
  expect(lifecycle.state).toBe('ready')
  for (const watch of watches) expect(watch.messages).toEqual([notServing, serving])
})

test('a readiness check that fails is NOT_SERVING, and told to who watches, once each way', async () => {
  let isWell = true
  const { client } = await serve((each) => each.check('db', () => isWell, { ttl: 0 }))
  const watch = client.watch('test.Work')
  await watch.atLeast(1)
  isWell = false
  expect(await client.check('readiness')).toBe('NOT_SERVING')
  expect(await client.check('')).toBe('NOT_SERVING')
  await watch.atLeast(2)
  isWell = true
  expect(await client.check('readiness')).toBe('SERVING')
  await watch.atLeast(3)
  expect(await client.check('liveness')).toBe('SERVING')
  await sleep(50)
  expect(watch.messages).toEqual([serving, notServing, serving])
})

test('who watches an unknown service is told SERVICE_UNKNOWN and stays connected', async () => {
  const { client, server } = await serve()
  const watch = client.watch('test.Later')
  await watch.atLeast(1)
  expect(watch.messages).toEqual([{ status: 'SERVICE_UNKNOWN' }])
  server.addService({ Answer: { ...work.Answer, path: '/test.Later/Answer' } }, { Answer: () => {} })
  await watch.atLeast(2)
  expect(watch.messages).toEqual([{ status: 'SERVICE_UNKNOWN' }, serving])
  expect(await client.check('test.Later')).toBe('SERVING')
})

test('the drain is told to who watches in its first tick, and the stream is ended', async () => {
  const { client, lifecycle } = await serve()
  const watches = ['', 'test.Work', 'readiness', 'liveness'].map((service) => client.watch(service))
  await Promise.all(watches.map((watch) => watch.atLeast(1)))
  expect(await lifecycle.stop()).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 }, cut: [] })
  for (const watch of watches) expect(await watch.status).toMatchObject({ code: status.OK })
  expect(watches.map(({ messages }) => messages)).toEqual([
    [serving, notServing],
    [serving, notServing],
    [serving, notServing],
    [serving],
  ])
})

test('readiness stays SERVING through the window if it is to be kept', async () => {
  const { client, lifecycle } = await serve(() => {}, { readinessDuringDrain: 'keep', shutdownDelay: 300 })
  const watch = client.watch('')
  await watch.atLeast(1)
  const stopped = lifecycle.stop({ window: true })
  expect(await client.check('readiness')).toBe('SERVING')
  expect(watch.messages).toEqual([serving])
  await stopped
  await watch.status
  expect(watch.messages).toEqual([serving, notServing])
})

test('without probes there is no health service', async () => {
  const { client } = await serve(() => {}, { probes: false })
  await expect(client.check('')).rejects.toMatchObject({ code: status.UNIMPLEMENTED })
})

test('with probes on a port of their own, health is still asked here', async () => {
  const { client } = await serve(() => {}, { probes: { port: 0, host: '127.0.0.1' } })
  expect(await client.check('readiness')).toBe('SERVING')
})
