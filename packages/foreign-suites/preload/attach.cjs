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

/**
 * Asks clients to leave from when the server listens until the test closes it: the same as a window, of that length.
 *
 * @param {HttpServer} server
 * @param {import('@lameduck/core').Lifecycle} lifecycle
 */
function leaveUntilClosed(server, lifecycle) {
  let closed = () => {}
  const untilClosed = new Promise((resolve) => {
    closed = () => resolve(undefined)
  })
  lifecycle.onDrain(() => untilClosed)
  server.once('listening', () => {
    void lifecycle.ready()
    void lifecycle.stop()
    for (const name of /** @type {const} */ (['close', Symbol.asyncDispose])) {
      const method = server[name]
      Object.assign(server, {
        [name](/** @type {unknown[]} */ ...args) {
          closed()
          return Reflect.apply(method, server, args)
        },
      })
    }
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
