import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** What the service does, whichever way it is stopped: a fast answer, a slow one, a streamed one, and an upload. */
export function addRoutes(app: FastifyInstance): void {
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))

  app.get('/', () => ({ hello: 'world' }))

  app.get<{ Querystring: { ms: number } }>(
    '/slow',
    {
      schema: {
        querystring: {
          type: 'object',
          properties: { ms: { type: 'integer', minimum: 0, maximum: 60_000, default: 500 } },
        },
      },
    },
    async (request) => {
      await sleep(request.query.ms)
      return { waited: request.query.ms }
    },
  )

  app.get('/stream', (_request, reply) => {
    reply.type('text/plain')
    return reply.send(Readable.from(countdown()))
  })

  app.post<{ Body: AsyncIterable<Buffer> }>('/upload', async (request) => {
    let bytes = 0
    for await (const chunk of request.body) bytes += chunk.length
    return { bytes }
  })
}

async function* countdown() {
  for (let n = 10; n > 0; n--) {
    yield Buffer.from(`${n}\n`)
    await sleep(50)
  }
}
