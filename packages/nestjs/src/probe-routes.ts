import type { ProbeName, Seat } from '@lameduck/core'
import type { HttpServer } from '@nestjs/common'

type Register = (...args: unknown[]) => unknown

/** What is used of Fastify's. */
type Reply = { [Method in 'code' | 'headers' | 'send' | 'callNotFound']: (value?: unknown) => Reply }

/** A testing module that is compiled once more still has the adapter of its application before. */
const guarded = new WeakSet<HttpServer>()

/**
 * Keeps the application's routes off the probe paths. Probes are answered at the server, before Nest sees the request;
 * only `inject()` of the Fastify platform never reaches a server, so there they are routes too.
 */
export function guardProbePaths(adapter: HttpServer, seat: Seat): void {
  const { probes, answerProbe, probeAt, refuseProbePath } = seat
  if (probes === undefined || guarded.has(adapter)) return
  guarded.add(adapter)
  const registrars = adapter as unknown as Record<'get' | 'head' | 'all', Register>
  for (const method of ['get', 'head', 'all'] as const) {
    const register = registrars[method].bind(adapter)
    registrars[method] = (...args) => {
      refuseProbePath(args[0])
      return register(...args)
    }
  }
  if (adapter.getType() !== 'fastify') return
  for (const [probe, url] of Object.entries(probes) as [ProbeName, string][]) {
    adapter.getInstance().route({
      method: ['GET', 'HEAD'],
      url,
      logLevel: 'silent',
      handler: async (request: { url: string; originalUrl: string }, reply: Reply) => {
        if (probeAt(request.originalUrl) !== probe) return reply.callNotFound()
        const { status, headers, body } = await answerProbe(probe, request.url)
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}
