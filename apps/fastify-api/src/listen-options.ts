import type { FastifyListenOptions } from 'fastify'

/** Where to listen: `PORT` (3000) and `HOST` (all addresses) from the environment. */
export function listenOptions(env: { PORT?: string; HOST?: string } = process.env): FastifyListenOptions {
  return { port: Number(env.PORT ?? 3000), host: env.HOST ?? '0.0.0.0' }
}
