import { Server as NetServer } from 'node:net'
import type { Seat } from '@lameduck/core'
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

const patternOf = (message: object): string => {
  const pattern: unknown = (message as { getPattern?(): unknown }).getPattern?.()
  return typeof pattern === 'string' ? pattern : ''
}

/** Has a transport's handlers tell when they begin with a message, and when they have given their last answer to it. */
function countMessages(
  transport: Transport,
  began: (message: object) => void,
  ended: (message: object) => void,
) {
  const known = new WeakMap<MessageHandler, MessageHandler>()
  const count = (handle: MessageHandler): MessageHandler => {
    const counted: MessageHandler = async (data, message) => {
      began(message)
      try {
        const answers = await handle(data, message)
        if (isObservable(answers)) return answers.pipe(finalize(() => ended(message)))
        ended(message)
        return answers
      } catch (error) {
        ended(message)
        throw error
      }
    }
    known.set(handle, counted)
    return counted
  }
  const find = transport.getHandlerByPattern.bind(transport)
  transport.getHandlerByPattern = (pattern) => {
    const handle = find(pattern)
    return handle && (known.get(handle) ?? count(handle))
  }
}

/** Drains the TCP transport of a microservice side by side with everything else: a connected one, or the whole application. */
export function attachTransport(context: NestContext, seat: Seat): void {
  const transport = context.serverInstance
  const server = socketServerOf(context)
  if (transport === undefined || server === undefined) return
  const messages = seat.createMessageServer(server, {
    kind: 'tcp',
    describe: (message) => ({ path: patternOf(message) }),
  })
  countMessages(transport, messages.began, messages.ended)
  seat.attach(messages)
}
