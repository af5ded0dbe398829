import { expect } from 'vitest'
import { brief, quick } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { RawClient } from '../raw-client.js'
import { requestBytes } from '../request-bytes.js'
import type { BehaviourCase } from '../server-under-test.js'
import { stopOrder } from './stop-order.js'

const get = (path: string) => requestBytes('GET', path)

/** The next responses, as far as a pipeline is concerned: what they say, and which of them closes. */
async function answers(client: RawClient, count: number): Promise<[number, string, boolean][]> {
  const found: [number, string, boolean][] = []
  for (let number = 0; number < count; number++) {
    const { status, text, headers } = await client.response()
    found.push([status, text, headers['connection'] === 'close'])
  }
  return found
}

/** `stop({ except })`, called by a handler of HTTP/1 with its own request. */
export const stoppingCases: readonly BehaviourCase[] = [
  {
    name: 'a handler that stops its process is answered when everything else is, and the process leaves behind that',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [busy, steering] = [await server.connect(), await server.connect()]
      const marked = busy.get('/mark?id=busy&ms=1500')
      expect(await steering.get('/stop')).toMatchObject({
        status: 200,
        text: 'stopped with 0',
        headers: { connection: 'close' },
      })
      expect(await marked).toMatchObject({ status: 200, text: 'busy' })
      expect(await steering.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({
        code: 0,
        report: { clean: true, cut: [], reason: 'asked' },
      })
      expect(stopOrder(server)).toEqual(['busy', 'stopped'])
    },
  },
  {
    name: 'requests that are pipelined before and behind the one that stops it are finished first, and answered in turn',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const paths = ['/mark?id=before&ms=500', '/stop', '/mark?id=slow&ms=1500', '/big?mb=4', '/mark?id=last']
      void client.send(Buffer.concat(paths.map(get)))
      expect(await answers(client, 3)).toEqual([
        [200, 'before', false],
        [200, 'stopped with 0', false],
        [200, 'slow', false],
      ])
      const { body } = await client.response()
      expect(body.equals(Buffer.alloc(4 * 2 ** 20, 'x'))).toBe(true)
      expect(await client.response()).toMatchObject({ status: 200, text: 'last' })
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(stopOrder(server)).toEqual(['last', 'before', 'slow', 'stopped'])
    },
  },
  {
    name: 'a request that comes behind the one that stops it, while others are in flight, is finished first as well',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [busy, steering] = [await server.connect(), await server.connect()]
      const slow = busy.get('/mark?id=busy&ms=2500')
      void steering.send(get('/stop'))
      await server.draining()
      void steering.send(get('/mark?id=late'))
      expect(await answers(steering, 2)).toEqual([
        [200, 'stopped with 0', false],
        [200, 'late', true],
      ])
      expect(await slow).toMatchObject({ status: 200, text: 'busy' })
      expect(await steering.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(stopOrder(server)).toEqual(['late', 'busy', 'stopped'])
    },
  },
  {
    name: 'what hangs behind the request that stops it is cut by name, and that one is answered',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.send(Buffer.concat([get('/stop'), get('/hang')]))
      expect(await answers(client, 2)).toMatchObject([
        [200, 'stopped with 1', false],
        [503, expect.anything(), true],
      ])
      expect(await server.exited()).toMatchObject({
        code: 1,
        report: { clean: false, cut: [{ kind: 'request', path: '/hang' }] },
      })
    },
  },
  {
    name: 'a handler that stops its process and never answers has 503 at the deadline, and is named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.send(Buffer.concat([get('/stop?silent'), get('/mark?id=behind')]))
      expect(await answers(client, 2)).toEqual([
        [503, expect.anything(), false],
        // It may have been written before anybody was asked to leave.
        [200, 'behind', expect.any(Boolean)],
      ])
      expect(await server.exited()).toMatchObject({ code: 1, signal: null, report: { clean: true } })
      expect(server.output).toContain('GET /stop ')
    },
  },
]
