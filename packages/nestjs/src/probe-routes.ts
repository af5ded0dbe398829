import { LifecycleError, type ProbeName, type Seat } from '@lameduck/core'
import type { HttpServer } from '@nestjs/common'

type Register = (...args: unknown[]) => unknown

/** What is used of a Fastify instance, to serve `inject()`. */
interface FastifyLike {
  inject: unknown
  route(options: object): unknown
}

interface ReplyLike {
  code(status: number): ReplyLike
  headers(headers: object): ReplyLike
  send(body: string): unknown
}

const isFastify = (instance: unknown): instance is FastifyLike =>
  typeof (instance as Partial<FastifyLike>).inject === 'function' &&
  typeof (instance as Partial<FastifyLike>).route === 'function'

/**
 * Keeps the application's routes off the probe paths. Probes are answered at the server, before Nest sees the request;
 * only `inject()` of the Fastify platform never reaches a server, so there they are routes too.
 */
export function guardProbePaths(adapter: HttpServer, { probes, answerProbe }: Seat): void {
  if (probes === undefined) return
  const paths = Object.entries(probes) as [ProbeName, string][]
  const registrars = adapter as unknown as Record<'get' | 'head' | 'all', Register>
  for (const method of ['get', 'head', 'all'] as const) {
    const register = registrars[method].bind(adapter)
    registrars[method] = (...args) => {
      const taken = paths.find(([, path]) => path === args[0])
      if (taken !== undefined) throw routeTaken(taken[1])
      return register(...args)
    }
  }
  const instance: unknown = adapter.getInstance?.()
  if (!isFastify(instance)) return
  for (const [probe, url] of paths) {
    instance.route({
      method: ['GET', 'HEAD'],
      url,
      logLevel: 'silent',
      handler: async (request: { url: string }, reply: ReplyLike) => {
        const { status, headers, body } = await answerProbe(probe, request.url)
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}

const routeTaken = (path: string) =>
  new LifecycleError(
    'PROBE_ROUTE_TAKEN',
    `@lameduck/nestjs: expected no route of the application on the probe path ${path}, got one; ` +
      'move it, or give the probe another path by the option "probes"',
  )
