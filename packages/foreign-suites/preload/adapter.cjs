'use strict'
// Puts an adapter into every application that a framework's own tests make.
// LAMEDUCK_SUITE_ADAPTER: fastify, express, grpc or nestjs. LAMEDUCK_SUITE_MODULE: the file that exports what makes an application.
const Module = require('node:module')
const { options } = require('./quiet-lifecycle.cjs')

/** @typedef {(...args: any[]) => any} Factory */

/**
 * What makes applications, called with or without `new` and by whatever name it has of itself.
 *
 * @param {any} made
 * @param {(app: any) => unknown} prepare
 */
function eachPrepared(made, prepare) {
  const prepared = (/** @type {any} */ app) => {
    prepare(app)
    return app
  }
  /** @type {any} */
  const factory = new Proxy(made, {
    apply: (target, self, args) => prepared(Reflect.apply(target, self, args)),
    construct: (target, args) => prepared(Reflect.construct(target, args)),
    get: (target, name) => (target[name] === target ? factory : target[name]),
  })
  return factory
}

/** @type {Record<string, (made: any) => any>} */
const adapters = {
  fastify(made) {
    const { graceful } = require('@lameduck/fastify')
    return eachPrepared(made, (app) => app.register(graceful, options))
  },
  express(made) {
    const { graceful } = require('@lameduck/express')
    return eachPrepared(made, (app) => app.use(graceful(options)))
  },
  grpc(made) {
    const { graceful } = require('@lameduck/grpc')
    const { Server } = made
    class Graceful extends Server {
      /** @param {any} [given] */
      constructor(given = {}) {
        const { interceptor, attach } = graceful(options)
        super({ ...given, interceptors: [interceptor, ...(given.interceptors ?? [])] })
        attach(/** @type {any} */ (this))
      }
    }
    return new Proxy(made, { get: (target, name) => (name === 'Server' ? Graceful : target[name]) })
  },
  nestjs(made) {
    // Nest's sources stand in for its packages there, for us as well.
    const { GracefulModule } = require('@lameduck/nestjs')
    const Test = new Proxy(made.Test, {
      get: (target, name) =>
        name === 'createTestingModule'
          ? (/** @type {any} */ { imports = [], ...rest }, /** @type {any[]} */ ...others) =>
              target[name]({ ...rest, imports: [...imports, GracefulModule.forRoot(options)] }, ...others)
          : target[name],
    })
    return new Proxy(made, { get: (target, name) => (name === 'Test' ? Test : target[name]) })
  },
}

const { LAMEDUCK_SUITE_ADAPTER: name = '', LAMEDUCK_SUITE_MODULE: file } = process.env
const wrap = adapters[name]
if (wrap === undefined)
  throw new Error(`LAMEDUCK_SUITE_ADAPTER: expected ${Object.keys(adapters)}, got ${name}`)

/** @type {Map<unknown, unknown>} */
const wrapped = new Map()
const loader = /** @type {{ _load: Factory; _resolveFilename: Factory }} */ (/** @type {unknown} */ (Module))
const { _load: load } = loader
loader._load = (request, parent, isMain) => {
  const loaded = load(request, parent, isMain)
  if (loader._resolveFilename(request, parent, isMain) !== file) return loaded
  if (!wrapped.has(loaded)) wrapped.set(loaded, wrap(loaded))
  return wrapped.get(loaded)
}
