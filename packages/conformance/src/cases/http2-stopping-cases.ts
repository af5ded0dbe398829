import { expect } from 'vitest'
import { brief, quick } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'
import { stopOrder } from './stop-order.js'

/** `stop({ except })`, called by a handler of HTTP/2 with its own request. */
export const http2StoppingCases: readonly BehaviourCase[] = [
  {
    name: 'a handler that stops its process is answered when the other streams are, and the process leaves behind that',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [session, other] = [await server.session(), await server.session()]
      const slow = session.get('/mark?id=beside&ms=1000')
      const elsewhere = other.get('/mark?id=elsewhere&ms=1500')
      const stopped = session.get('/stop')
      expect(await slow).toMatchObject({ status: 200, text: 'beside' })
      expect(await elsewhere).toMatchObject({ status: 200, text: 'elsewhere' })
      expect(await stopped).toMatchObject({ status: 200, text: 'stopped with 0' })
      await session.closed
      expect(session.goaways).not.toEqual([])
      expect(await server.exited()).toMatchObject({
        code: 0,
        report: { clean: true, cut: [], reason: 'asked' },
      })
      expect(stopOrder(server)).toEqual(['beside', 'elsewhere', 'stopped'])
    },
  },
  {
    name: 'what hangs beside the request that stops it is cut by name, and that one is answered',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const session = await server.session()
      const hanging = session.get('/hang')
      await server.line('hanging')
      expect(await session.get('/stop')).toMatchObject({ status: 200, text: 'stopped with 1' })
      expect(await hanging).toMatchObject({ status: 503 })
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
      const session = await server.session()
      expect(await session.get('/stop?silent')).toMatchObject({ status: 503 })
      expect(await server.exited()).toMatchObject({ code: 1, signal: null, report: { clean: true } })
      expect(server.output).toContain('GET /stop ')
    },
  },
]
