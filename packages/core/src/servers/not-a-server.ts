import { Server as NetServer } from 'node:net'
import { has } from '../drain/drainable.js'
import { LifecycleError } from '../errors.js'

/** What people give in place of a server: how it is known, and what it is: what to give instead. */
const mistakes: readonly (readonly [(value: unknown) => boolean, string])[] = [
  [(value) => typeof value === 'number', 'a port: give the server that listens on it'],
  [has('bindAsync', 'addService'), 'a gRPC server: give it to attach() of @lameduck/grpc'],
  [
    has('getHttpServer'),
    'a NestJS application: import GracefulModule of @lameduck/nestjs, or give app.getHttpServer()',
  ],
  [
    has('inject', 'register', 'addHook'),
    'a Fastify application: register @lameduck/fastify, or give app.server',
  ],
  [
    has('handle', 'set', 'listen'),
    'an Express application: give what app.listen() returns, or use the middleware of @lameduck/express',
  ],
  [has('callback', 'listen'), 'a Koa application: give what app.listen() returns'],
  [has('route', 'ext', 'start'), 'a hapi server: give its listener: server.listener'],
  [
    has('of', 'attach', 'listen'),
    'a Socket.IO server without an HTTP server: give it when it has one: new Server(httpServer)',
  ],
  [
    (value) => value instanceof NetServer,
    'a server of node:net or node:tls: nobody knows where its requests begin and end; give an object that implements Drainable around it',
  ],
]

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  const { name } = (value as object | undefined)?.constructor ?? {}
  return typeof name === 'string' && name !== '' ? name : typeof value
}

/** The refusal of what cannot be attached, with what to give instead. */
export function notAServer(value: unknown): LifecycleError {
  const [, what] = mistakes.find(([is]) => is(value)) ?? []
  return new LifecycleError(
    'NOT_A_SERVER',
    'attach: expected a server of node:http, node:https or node:http2, a WebSocketServer of ws, a Socket.IO server that has its ' +
      `HTTP server already, or an object that implements Drainable, got ${what ?? nameOf(value)}`,
  )
}
