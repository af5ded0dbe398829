// One server for each protocol: how it is made, and how lameduck gets into it.
import { createServer as createHttp } from 'node:http'
import { createServer as createHttp2, createSecureServer } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js'
import { selfSigned } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { graceful } from '@lameduck/grpc'
import { WebSocketServer } from 'ws'
import { echoUpgrade, handle } from './handlers.mjs'

/** @typedef {import('@lameduck/core').Lifecycle} Lifecycle */
/** @typedef {import('@lameduck/core').LifecycleOptions} LifecycleOptions */

/**
 * A server that listens.
 *
 * @typedef {object} Listening
 * @property {number} port
 * @property {Lifecycle | undefined} lifecycle
 */

/**
 * @param {import('node:net').Server} server
 * @returns {Promise<number>}
 */
const listen = (server) =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
    )
  })

const bytes = {
  serialize: (/** @type {Buffer} */ value) => value,
  deserialize: (/** @type {Buffer} */ value) => value,
}
const method = (/** @type {string} */ name, requestStream = false, responseStream = false) => ({
  path: `/test.Echo/${name}`,
  requestStream,
  responseStream,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
})

const echo = {
  definition: {
    Unary: method('Unary'),
    Stream: method('Stream', false, true),
    Upload: method('Upload', true, false),
  },
  /** @type {import('@grpc/grpc-js').UntypedServiceImplementation} */
  handlers: {
    Unary: (/** @type {any} */ call, /** @type {any} */ done) => done(null, call.request),
    Stream: (/** @type {any} */ call) => {
      for (let i = 0; i < 3; i++) call.write(call.request)
      call.end()
    },
    Upload: (/** @type {any} */ call, /** @type {any} */ done) => {
      call.on('data', () => {})
      call.on('error', () => {})
      call.on('end', () => done({ code: status.OUT_OF_RANGE, details: 'read' }))
    },
  },
}

/**
 * @param {LifecycleOptions | undefined} options
 * @returns {Promise<Listening>}
 */
async function listenGrpc(options) {
  const rolled = options && graceful(options)
  const server = new GrpcServer(rolled ? { interceptors: [rolled.interceptor] } : {})
  server.addService(echo.definition, echo.handlers)
  rolled?.attach(server)
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { port, lifecycle: rolled?.lifecycle }
}

/** @type {Readonly<Record<string, () => readonly object[]>>} */
const makers = {
  http: () => [createHttp(handle).on('upgrade', echoUpgrade).on('connect', echoUpgrade)],
  https: () => [createHttps(selfSigned, handle).on('upgrade', echoUpgrade).on('connect', echoUpgrade)],
  h2c: () => [createHttp2(/** @type {any} */ (handle))],
  h2: () => [createSecureServer({ ...selfSigned, allowHTTP1: true }, /** @type {any} */ (handle))],
  websocket: () => {
    const server = createHttp(handle)
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    })
    return [server, sockets]
  },
}

/**
 * @param {string} protocol
 * @param {LifecycleOptions | undefined} options lameduck's, if it is to be in the server
 * @returns {Promise<Listening>}
 */
export async function startServer(protocol, options) {
  if (protocol === 'grpc') return listenGrpc(options)
  const [server, ...others] = makers[protocol]?.() ?? []
  const lifecycle = options && createLifecycle(options)
  for (const each of [server, ...others]) lifecycle?.attach(/** @type {any} */ (each))
  const port = await listen(/** @type {import('node:net').Server} */ (server))
  await lifecycle?.ready()
  return { port, lifecycle }
}
