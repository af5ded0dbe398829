import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RawClient } from '@lameduck/conformance'
import { expect, test } from 'vitest'
import type { Report } from '../src/index.js'
import { createLifecycle } from '../src/index.js'

const options = { platform: 'none', signals: false, crash: false, logger: false } as const

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Asks on a connection that would be kept alive; gives the answer's status, its `Connection` and its text. */
const ask = (port: number, path: string) =>
  new Promise<[number | undefined, string | undefined, string]>((resolve, reject) => {
    const req = send(
      { port, path, host: '127.0.0.1', headers: { connection: 'keep-alive' } },
      async (res) => {
        let body = ''
        for await (const part of res.setEncoding('utf8')) body += part
        resolve([res.statusCode, res.headers.connection, body])
      },
    )
    req.on('error', reject)
    req.end()
  })

test.each([
  ['its own request', (req: IncomingMessage) => req],
  ['one of a framework', (raw: IncomingMessage) => ({ raw })],
])(
  'a handler that stops the lifecycle by %s is answered afterwards, and others before',
  async (_, except) => {
    const lifecycle = createLifecycle(options)
    const order: string[] = []
    let report: Report | undefined
    const server = createServer(async (req, res) => {
      if (req.url === '/stop') {
        report = await lifecycle.stop({ except: except(req) })
        order.push('stopped')
        res.end(`exit code ${report.exitCode}`)
      } else {
        await new Promise((resolve) => lifecycle.onDrain(() => setImmediate(resolve)))
        order.push('other')
        res.end('other')
      }
    })
    lifecycle.attach(server).onStop('db', () => void order.push('db'))
    const port = await listen(server)
    await lifecycle.ready()
    const other = ask(port, '/other')
    await once(server, 'request')
    expect(await ask(port, '/stop')).toEqual([200, 'close', 'exit code 0'])
    expect(await other).toEqual([200, 'close', 'other'])
    expect(order).toEqual(['other', 'db', 'stopped'])
    expect(report).toMatchObject({ clean: true, cut: [] })
    const count = () => new Promise((resolve) => server.getConnections((_, open) => resolve(open)))
    while ((await count()) !== 0) await new Promise(setImmediate)
  },
)

test('a handler that has begun its answer as keep-alive, and then stops the lifecycle, finishes it; its connection closes behind that', async () => {
  const lifecycle = createLifecycle(options)
  const server = createServer(async (req, res) => {
    res.writeHead(200, { 'content-length': 7 }).write('sto')
    await lifecycle.stop({ except: req })
    res.end('pped')
  })
  lifecycle.attach(server)
  const client = await RawClient.connect({ port: await listen(server) })
  await lifecycle.ready()
  expect(await client.get('/')).toMatchObject({ text: 'stopped', headers: { connection: 'keep-alive' } })
  expect(await client.closed).toBe('fin')
})

test('the port of the probes is known once ready, and shows what checks returned', async () => {
  const lifecycle = createLifecycle({ ...options, probes: { port: 0, host: '127.0.0.1' } })
  lifecycle.check('disk', () => ({ disk: { status: 'up', free: 7 } }))
  lifecycle.check('odd', () => ({ odd: { status: 'down', big: 1n } }), { probe: 'livez' })
  expect(lifecycle.probesPort).toBeUndefined()
  await lifecycle.ready()
  const port = lifecycle.probesPort as number
  expect(port).toBeGreaterThan(0)
  const [, , body] = await ask(port, '/readyz')
  expect(JSON.parse(body)).toEqual({
    status: 'ok',
    state: 'ready',
    checks: { disk: 'ok' },
    details: { disk: { disk: { status: 'up', free: 7 } } },
  })
  const [status, , live] = await ask(port, '/livez')
  expect([status, JSON.parse(live)]).toEqual([
    503,
    { status: 'unavailable', state: 'ready', checks: { odd: 'failed' } },
  ])
  await lifecycle.stop()
  expect(lifecycle.probesPort).toBeUndefined()
})

test('the main port shows outcomes if asked to, and never what checks returned', async () => {
  const lifecycle = createLifecycle({ ...options, probes: { verbose: true } })
  const server = createServer()
  lifecycle.attach(server).check('disk', () => ({ disk: { status: 'up', free: 7 } }))
  const port = await listen(server)
  await lifecycle.ready()
  expect(JSON.parse((await ask(port, '/readyz'))[2])).toEqual({
    status: 'ok',
    state: 'ready',
    checks: { disk: 'ok' },
  })
  await lifecycle.stop()
})
