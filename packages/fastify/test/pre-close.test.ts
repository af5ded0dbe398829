import { EventEmitter, once } from 'node:events'
import { get } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import graceful from '@lameduck/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false, gracePeriod: 30_000 } as const

/** How an application writes a hook that ends its stream. */
const styles: Record<string, (app: FastifyInstance, end: () => void) => void> = {
  async: (app, end) => void app.addHook('preClose', async () => end()),
  callback: (app, end) =>
    void app.addHook('preClose', (done) => {
      end()
      done()
    }),
  'in a child context, with one that fails before it': (app, end) => {
    app.addHook('preClose', (done) => done(new Error('another one')))
    void app.register(async (child) => void child.addHook('preClose', async () => end()))
  },
}

const portOf = (app: { server: Pick<Server, 'address'> }) => (app.server.address() as AddressInfo).port

/** Has an application keep the sockets that are upgraded on it; gives what says farewell to them. */
function keepUpgraded(app: FastifyInstance) {
  const sockets = new Set<Socket>()
  app.server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
    socket.on('data', () => {})
    sockets.add(socket)
  })
  return () => {
    for (const socket of sockets) socket.end('bye')
  }
}

/** Listens, and has a client change to another protocol; gives what it hears after that. */
async function upgrade(app: FastifyInstance) {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect(portOf(app), '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
  await once(client, 'data')
  return { heard: client.setEncoding('utf8').toArray() }
}

describe('preClose ends long work before the cutoff', { timeout: 60_000 }, () => {
  for (const [style, add] of Object.entries(styles)) {
    for (const where of ['before', 'after']) {
      test(`a stream, once (${style}, registered ${where} lameduck)`, async () => {
        const app = Fastify()
        let ended = 0
        const streams = new Set<{ end(text: string): void }>()
        const hook = () => {
          ended++
          for (const stream of streams) stream.end('whole')
        }
        if (where === 'before') add(app, hook)
        await app.register(graceful, options)
        if (where === 'after') add(app, hook)
        app.get('/stream', (_request, reply) => {
          reply.hijack()
          reply.raw.writeHead(200).write('begun, ')
          streams.add(reply.raw)
        })
        await app.listen({ port: 0, host: '127.0.0.1' })
        const [response] = await once(get({ port: portOf(app), path: '/stream' }), 'response')
        const body = response.setEncoding('utf8').toArray() as Promise<string[]>
        let cutoffs = 0
        app.lifecycle.on('cutoff', () => void cutoffs++)
        await app.close()
        expect((await body).join('')).toBe('begun, whole')
        expect({ ended, cutoffs }).toEqual({ ended: 1, cutoffs: 0 })
        expect((await app.lifecycle.stop()).cut).toEqual([])
      })
    }
  }

  test('a stream of HTTP/2', async () => {
    const app = Fastify({ http2: true })
    await app.register(graceful, options)
    let end = () => {}
    app.get('/stream', (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200)
      reply.raw.write('begun, ')
      end = () => reply.raw.end('whole')
    })
    app.addHook('preClose', async () => end())
    await app.listen({ port: 0, host: '127.0.0.1' })
    const client = connectHttp2(`http://127.0.0.1:${portOf(app)}`)
    const stream = client.request({ ':path': '/stream' }).setEncoding('utf8')
    await once(stream, 'response')
    const body = stream.toArray()
    await app.close()
    expect((await body).join('')).toBe('begun, whole')
    expect(await app.lifecycle.stop()).toMatchObject({ clean: true, cut: [] })
    client.destroy()
  })

  test('an upgraded socket', async () => {
    const app = Fastify()
    await app.register(graceful, options)
    const sayBye = keepUpgraded(app)
    app.addHook('preClose', async () => sayBye())
    const { heard } = await upgrade(app)
    await app.close()
    expect(await heard).toEqual(['bye'])
    expect(await app.lifecycle.stop()).toMatchObject({ clean: true, cut: [] })
  })

  for (const where of ['before', 'after']) {
    test(`an upgraded socket that a plugin ends where it replaces the server's close (registered ${where} lameduck)`, async () => {
      const app = Fastify()
      const plugin = () => {
        const { close } = app.server
        const sayBye = keepUpgraded(app)
        app.server.close = function (...args) {
          sayBye()
          return close.apply(this, args)
        }
      }
      if (where === 'before') plugin()
      await app.register(graceful, options)
      if (where === 'after') plugin()
      const { heard } = await upgrade(app)
      await app.close()
      expect(await heard).toEqual(['bye'])
      const { clean, cut, hooks } = await app.lifecycle.stop()
      expect({ clean, cut }).toEqual({ clean: true, cut: [] })
      expect(hooks.map(({ name }) => name)).toEqual(['fastify.preClose', 'server.close', 'fastify.close'])
    })
  }

  test('not while a request has no answer yet, and nobody gets 503', async () => {
    const app = Fastify()
    await app.register(graceful, options)
    const order: string[] = []
    let end = () => {}
    const asked = new EventEmitter()
    app.get('/stream', (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200).write('begun')
      end = () => reply.raw.end()
    })
    app.get('/slow', async () => {
      asked.emit('slow')
      await new Promise<void>((resolve) => app.lifecycle.on('closing', () => resolve()))
      await new Promise((resolve) => setTimeout(resolve, 300))
      order.push('answered')
      return 'ok'
    })
    app.addHook('preClose', async () => {
      order.push('preClose')
      end()
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const [stream] = await once(get({ port: portOf(app), path: '/stream' }), 'response')
    stream.resume()
    const begun = once(asked, 'slow')
    const slow = once(get({ port: portOf(app), path: '/slow' }), 'response')
    await begun
    const closed = app.close()
    const [response] = await slow
    response.resume()
    await closed
    expect(response.statusCode).toBe(200)
    expect(order).toEqual(['answered', 'preClose'])
  })
})
