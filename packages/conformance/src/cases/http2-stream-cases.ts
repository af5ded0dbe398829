import type { ClientSessionOptions } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type DelayedRelay, delayedRelay } from '../delayed-relay.js'
import { quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { Http2Client } from '../http2-client.js'
import type { BehaviourCase, ServerUnderTest } from '../server-under-test.js'
import { http2EventStreamCases } from './http2-event-stream-cases.js'

const piece = Buffer.alloc(16 * 1024, 'u')
const megabyte = 2 ** 20

export const http2StreamCases: readonly BehaviourCase[] = [
  {
    name: 'a stream that was begun before the drain arrives whole',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const session = await server.session()
      const exchange = session.open('GET', '/stream?chunks=20&every=100')
      await exchange.receives('chunk 1\n')
      server.signal()
      const { text } = await exchange.response()
      expect(text.split('\n').filter(Boolean)).toEqual(
        Array.from({ length: 20 }, (_, number) => `chunk ${number}`),
      )
      await session.closed
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: '8 MB to a reader that has stalled arrive whole',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      await using relay = await delayedRelay(server.port, 0)
      const session = await through(server, relay, subject)
      const exchange = session.open('GET', '/big?mb=8')
      await exchange.head
      relay.stall()
      await sleep(200)
      server.signal()
      await server.refusing()
      await sleep(quick.linger + 700)
      relay.flow()
      const { body } = await exchange.response()
      expect(body.equals(Buffer.alloc(8 * megabyte, 'x'))).toBe(true)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'a stalled reader whose window is large reads its answer whole, although the stream was over for the server before the drain, and it pings meanwhile',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      await using relay = await delayedRelay(server.port, 0)
      const session = await through(server, relay, subject, {
        settings: { initialWindowSize: 16 * megabyte },
      })
      session.session.setLocalWindowSize(16 * megabyte)
      await session.get('/fast')
      relay.stall()
      const exchange = session.open('GET', '/big?mb=2')
      await sleep(300)
      server.signal()
      await server.refusing()
      await sleep(quick.linger + 700)
      session.session.ping(() => {})
      await sleep(200)
      relay.flow()
      expect((await exchange.response()).body.length).toBe(2 * megabyte)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'a slow upload is read to its end and answered',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const session = await server.session()
      const upload = session.open('POST', '/upload')
      await upload.send(piece)
      await server.line('uploading')
      server.signal()
      for (let sent = 1; sent < 12; sent++) {
        await upload.send(piece)
        await sleep(120)
      }
      upload.stream.end()
      expect(await upload.response()).toMatchObject({ status: 200, text: String(12 * piece.length) })
      await session.closed
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'an upload that is answered early gets its answer, and does not hold the process',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const session = await server.session()
      const before = session.open('POST', '/reject')
      await before.send(piece)
      expect(await before.response()).toMatchObject({ status: 401, text: 'no' })
      server.signal()
      await server.draining()
      const meanwhile = session.open('POST', '/reject')
      await meanwhile.send(piece)
      expect(await meanwhile.response()).toMatchObject({ status: 401, text: 'no' })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, requests: { finished: 1 } } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  ...http2EventStreamCases,
  {
    name: 'a pushed stream finishes, although the request that it belongs to is over',
    needs: 'streams',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const session = await server.session()
      const pushed = new Promise<string>((resolve) => {
        session.session.once('stream', (stream) => {
          let text = ''
          stream.setEncoding('utf8').on('data', (piece: string) => {
            text += piece
          })
          stream.once('close', () => resolve(`${text} ${stream.rstCode}`))
        })
      })
      expect((await session.get('/push?ms=1500')).text).toBe('pushing')
      server.signal()
      expect(await pushed).toBe('first half, second half 0')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'a request whose client has gone, or whose handler destroyed it, does not hold the process',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const sessions = [await server.session(), await server.session(), await server.session()] as const
      const [hanging, cancelled, destroyed] = sessions
      hanging.open('GET', '/hang')
      const streaming = cancelled.open('GET', '/stream?chunks=1000&every=20')
      await streaming.receives('chunk 2')
      await server.line('hanging')
      await destroyed.get('/destroy').catch(() => {})
      hanging.reset()
      streaming.stream.close(8)
      await sleep(100)
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: "late: 'reject' answers a stream that comes after the window with 503, and finishes what was in flight",
    async run(subject) {
      const options = { ...roomy, linger: 3000, late: 'reject' }
      await using server = await startServer(subject, { options })
      const busy = await server.session()
      const silent = await Http2Client.silent({ port: server.port, protocol: subject.protocol })
      const slow = busy.get('/slow?ms=6000')
      await sleep(100)
      server.signal()
      await server.draining()
      expect((await busy.get('/fast')).status).toBe(200)
      await server.refusing()
      const late = server.adopt(await Http2Client.over(silent))
      const rejected = await late.get('/mark?id=late')
      expect(rejected.status).toBe(503)
      expect(Number(rejected.headers['retry-after'])).toBeGreaterThanOrEqual(0)
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      expect(server.said('ran')).toEqual([])
    },
  },
]

async function through(
  server: ForkedServer,
  relay: DelayedRelay,
  { protocol }: ServerUnderTest,
  options: ClientSessionOptions = {},
): Promise<Http2Client> {
  return server.adopt(await Http2Client.connect({ port: relay.port, protocol }, options))
}
