import { Server as NetServer, Socket } from 'node:net'
import { isAttached, type MessageServer, type Seat } from '@lameduck/core'
import { finalize, isObservable } from 'rxjs'
import type { MessageHandler, NestContext, Transport } from './nest-context.js'

/** The socket server of a transport that has one: TCP has, a broker's client has not. */
function socketServerOf(context: NestContext): NetServer | undefined {
  try {
    const server = context.unwrap?.()
    return server instanceof NetServer ? server : undefined
  } catch {
    return undefined
  }
}

type Context = Partial<Record<'getPattern' | 'getChannel' | 'getSubject' | 'getTopic', () => unknown>>

/** Each of Nest's transports has its own word for it. */
const patternOf = (context: Context): string =>
  String(
    (context.getPattern ?? context.getChannel ?? context.getSubject ?? context.getTopic)?.call(context) ?? '',
  )

/** The connection of a message of TCP; brokers have none for each client. */
function socketOf(context: object): Socket | undefined {
  const { getSocketRef } = context as { getSocketRef?: () => { readonly netSocket?: unknown } | undefined }
  const socket = getSocketRef?.call(context)?.netSocket
  return socket instanceof Socket ? socket : undefined
}

/** Has a transport's handlers tell when they begin with a message, and when they have given their last answer to it. */
function countMessages(transport: Transport, { began, ended }: MessageServer) {
  const known = new WeakMap<MessageHandler, MessageHandler>()
  const count = (handle: MessageHandler): MessageHandler => {
    const counted: MessageHandler = async (...args) => {
      // Its context; a transport that is not Nest's may give none.
      const message = Object(args[1])
      let answers: unknown
      began(message)
      try {
        answers = await handle(...args)
      } finally {
        if (!isObservable(answers)) ended(message)
      }
      return isObservable(answers) ? answers.pipe(finalize(() => ended(message))) : answers
    }
    // Transports ask a handler whether it is for events, and more.
    known.set(handle, Object.assign(counted, handle))
    return counted
  }
  const find = transport.getHandlerByPattern?.bind(transport)
  if (find === undefined) return
  transport.getHandlerByPattern = (pattern) => {
    const handle = find(pattern)
    return handle && (known.get(handle) ?? count(handle))
  }
}

/** Does something when a transport has begun to listen. */
export function whenListening(transport: Transport, then: () => void): void {
  const listen = transport.listen.bind(transport)
  transport.listen = (callback) =>
    listen((error, ...rest) => {
      if (!error) then()
      callback(error, ...rest)
    })
}

/**
 * Drains the transport of a microservice side by side with everything else: a connected one, or the whole application.
 * Calls of gRPC are counted by `@lameduck/grpc`, which has to be told of them where the transport is configured.
 */
export function attachTransport(context: NestContext, transport: Transport, seat: Seat): void {
  const messages = seat.createMessageServer(socketServerOf(context), {
    kind: 'microservice',
    describe: (message) => ({ path: patternOf(message) }),
    socketOf,
  })
  countMessages(transport, messages)
  seat.attach(messages)
  const lookForCalls = () => {
    if (transport.grpcClient && !isAttached(transport.grpcClient)) seat.warn(callsAreCut)
  }
  // Microservices may be started before their application.
  lookForCalls()
  whenListening(transport, lookForCalls)
}

const callsAreCut =
  'a gRPC transport is no part of the drain, and its calls will be cut: give its options `channelOptions: { interceptors: ' +
  '[interceptor] }` and `onLoadPackageDefinition: (_, server) => attach(server)` of graceful({ lifecycle }) of @lameduck/grpc'
