// What a test suite does: an application for each test, requests that are injected, and nobody closes anything.
import { countKept, say } from '@lameduck/conformance/subject'
import Fastify from 'fastify'

const madeBeforeImport = [1, 2, 3].map(() => {
  const app = Fastify()
  return app.addHook('onClose', async () => say({ closing: 'before import' }))
})
const { default: graceful } = await import('@lameduck/fastify')

const serve = async (app) => {
  app.get('/', async () => 'fine')
  const { statusCode } = await app.inject('/')
  if (statusCode !== 200) throw new Error(`got ${statusCode}`)
  return app
}

const make = {
  plain: () => serve(Fastify()),
  async injected() {
    const app = Fastify()
    await app.register(graceful, { logger: false })
    return serve(app)
  },
  async logged() {
    const app = Fastify({ logger: { level: 'silent' } })
    await app.register(graceful)
    return serve(app)
  },
  async closed() {
    const app = Fastify()
    await app.register(graceful, { logger: false })
    await serve(app)
    await app.close()
    return app
  },
  async hooked() {
    const app = Fastify()
    await app.register(graceful, { logger: false })
    await app.register(
      async (scope) => void scope.addHook('onClose', async () => say({ closing: 'onClose' })),
    )
    return serve(app)
  },
  async avvio() {
    const app = Fastify()
    await app.register(graceful, { logger: false })
    return serve(app.onClose(() => say({ closing: 'avvio' })))
  },
  async avvioInScope() {
    const app = Fastify()
    await app.register(graceful, { logger: false })
    await app.register(async (scope) => void scope.onClose(() => say({ closing: 'avvio in scope' })))
    return serve(app)
  },
  async hookedBefore() {
    const app = Fastify()
    app.register(async (scope) => void scope.addHook('preClose', async () => say({ closing: 'preClose' })))
    await app.register(graceful, { logger: false })
    return serve(app)
  },
  async madeBefore() {
    const app = madeBeforeImport.pop()
    await app.register(graceful, { logger: false })
    return serve(app)
  },
}

const kept = {}
for (const kind of ['plain', 'injected', 'logged', 'closed']) kept[kind] = await countKept(make[kind], 200)
for (const kind of ['hooked', 'avvio', 'avvioInScope', 'hookedBefore', 'madeBefore'])
  kept[kind] = await countKept(make[kind], 3)
say({ kept })
setInterval(() => {}, 60_000)
say({ listening: 0 })
