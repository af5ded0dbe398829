import type { ProbeName, Seat } from '@lameduck/core'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'

const kProbe = Symbol('lameduck.probe')

/**
 * Adds the probes as routes, hidden from OpenAPI and silent in the log. On a socket the server answers them before
 * Fastify sees the request, so these are only for `inject()`, where the application's hooks apply.
 */
export function addProbeRoutes(app: FastifyInstance, { probes, answerProbe, refuseProbePath }: Seat): void {
  if (probes === undefined) return
  const paths = Object.entries(probes) as [ProbeName, string][]
  for (const [, url] of paths) {
    if (app.hasRoute({ method: 'GET', url }) || app.hasRoute({ method: 'HEAD', url })) refuseProbePath(url)
  }

  app.addHook('onRoute', ({ url, method, config }: RouteOptions) => {
    const answersProbes = [method].flat().some((each) => each === 'GET' || each === 'HEAD')
    if (answersProbes && !(config !== undefined && kProbe in config)) refuseProbePath(url)
  })

  for (const [probe, url] of paths) {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      logLevel: 'silent',
      schema: { hide: true } as object,
      config: { [kProbe]: true } as object,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const { status, headers, body } = await answerProbe(probe, request.url)
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}
