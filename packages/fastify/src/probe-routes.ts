import type { ProbeName, Seat } from '@lameduck/core'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'

const kProbe = Symbol('lameduck.probe')

/**
 * Adds the probes as routes, hidden from OpenAPI and silent in the log. On a socket the server answers them before
 * Fastify sees the request, so these are only for `inject()`, where the application's hooks apply. Fastify's router takes
 * more for these paths than the servers do: that is not found.
 */
export function addProbeRoutes(app: FastifyInstance, seat: Seat): void {
  const { probes, answerProbe, probeAt, refuseProbePath } = seat
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
        if (probeAt(request.originalUrl) !== probe) return reply.callNotFound()
        const { status, headers, body } = await answerProbe(probe, request.url)
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}
