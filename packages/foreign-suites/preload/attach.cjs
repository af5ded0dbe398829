'use strict'
// Attaches every server of node:http, node:https and node:http2 of this process when it begins to listen.
// LAMEDUCK_SUITE_WINDOW=1: each goes into its window as soon as it listens, and stays there.
const { Server: HttpServer } = require('node:http')
const { Server: HttpsServer } = require('node:https')
const { Server: NetServer } = require('node:net')
const { createQuietLifecycle } = require('./quiet-lifecycle.cjs')

const isInWindow = process.env['LAMEDUCK_SUITE_WINDOW'] === '1'
/** @type {WeakSet<object>} */
const known = new WeakSet()

/**
 * @param {unknown} server
 * @returns {server is HttpServer}
 */
const isHttp = (server) =>
  server instanceof HttpServer ||
  server instanceof HttpsServer ||
  (server instanceof NetServer && 'updateSettings' in server)

/** @type {WeakMap<object, () => void>} */
const endOfWindow = new WeakMap()

/**
 * Has the window of the owner's server end when its `close` is called.
 *
 * @param {any} owner a server, or a prototype of servers: tests put the prototype's own method back
 * @param {string | symbol} name
 */
function endWindowBy(owner, name) {
  const method = owner[name]
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    /**
     * @this {HttpServer}
     * @param {unknown[]} args
     */
    value(...args) {
      endOfWindow.get(this)?.()
      return Reflect.apply(method, this, args)
    },
  })
}

/**
 * Asks clients to leave from when the server listens until the test closes it: the same as a window, of that length.
 *
 * @param {HttpServer} server
 * @param {import('@lameduck/core').Lifecycle} lifecycle
 */
function leaveUntilClosed(server, lifecycle) {
  const untilClosed = new Promise((resolve) => endOfWindow.set(server, () => resolve(undefined)))
  lifecycle.onDrain(() => untilClosed)
  server.once('listening', () => {
    void lifecycle.ready()
    void lifecycle.stop()
    for (const name of ['close', Symbol.asyncDispose]) endWindowBy(server, name)
  })
}

/** @param {HttpServer} server */
function attach(server) {
  known.add(server)
  const lifecycle = createQuietLifecycle().attach(server)
  if (isInWindow) leaveUntilClosed(server, lifecycle)
}

const { listen } = NetServer.prototype
NetServer.prototype.listen = /** @type {typeof listen} */ (
  /**
   * @this {NetServer}
   * @param {unknown[]} args
   */
  function (...args) {
    if (isHttp(this) && !known.has(this)) attach(this)
    return Reflect.apply(listen, this, args)
  }
)

if (isInWindow)
  for (const { prototype } of [HttpServer, HttpsServer, NetServer]) endWindowBy(prototype, 'close')
