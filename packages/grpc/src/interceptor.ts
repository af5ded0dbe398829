import type { ServerHttp2Stream } from 'node:http2'
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js'
import type { Call, Calls } from '@lameduck/core'
import { isHealthPath } from './health-definition.js'

type Listener = Parameters<ServerInterceptingCallInterface['start']>[0]
type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0]

/** Tells clients to try elsewhere. */
const leaving = { code: status.UNAVAILABLE, details: 'the server is going away' }

/** Tells it to a client whose call another interceptor keeps waiting, so that ours has not heard of it, and never will. */
export function refuse(stream: ServerHttp2Stream): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': status.UNAVAILABLE,
      'grpc-message': leaving.details,
    },
    { endStream: true },
  )
  // Behind the answer (RFC 9113 §8.1): grpc-js begins no call whose stream is closed.
  stream.close()
}

/** What grpc-js calls a client on a Unix socket. */
const withoutAddress = 'unknown'

/**
 * One call, seen from between grpc-js and its handler: the call to the one, the listener to the other and the entry in
 * the count are this one object.
 */
class CountedCall extends ServerInterceptingCall implements Call, Listener {
  readonly path: string
  startedAt = 0
  isAnswered = false
  readonly #calls: Calls
  readonly #below: ServerInterceptingCallInterface
  #handler: Listener | undefined
  #isEnded = false

  constructor(calls: Calls, path: string, below: ServerInterceptingCallInterface) {
    super(below)
    this.#calls = calls
    this.#below = below
    this.path = path
  }

  override start(handler: Listener): void {
    if (this.#calls.isRejecting) {
      this.#below.sendStatus(leaving)
      return
    }
    this.#handler = handler
    this.#below.start(this)
  }

  /**
   * The beginning. Not `start`: a call whose stream has closed by then (an interceptor that waits came first) hears
   * nothing at all, not even its end.
   */
  onReceiveMetadata(metadata: Metadata): void {
    this.#calls.begin(this)
    this.#handler?.onReceiveMetadata(metadata)
  }

  /** Not after the end: the handler would begin with what the client may have sent to another server. */
  onReceiveMessage(message: unknown): void {
    if (!this.#isEnded) this.#handler?.onReceiveMessage(message)
  }

  onReceiveHalfClose(): void {
    if (!this.#isEnded) this.#handler?.onReceiveHalfClose()
  }

  /** The end: comes once for every call, whether answered, cancelled, late or lost with its connection. */
  onCancel(): void {
    this.#calls.finish(this)
    this.#handler?.onCancel()
  }

  override sendMetadata(metadata: Metadata): void {
    if (!this.#isEnded) this.#below.sendMetadata(metadata)
  }

  override sendMessage(message: unknown, sent: () => void): void {
    if (!this.#isEnded) this.#below.sendMessage(message, sent)
  }

  override sendStatus(answer: Status): void {
    if (this.#isEnded) return
    this.isAnswered = true
    this.#below.sendStatus(answer)
  }

  peer(): string | undefined {
    const peer = this.getPeer()
    return peer === withoutAddress ? undefined : peer
  }

  end(): void {
    this.#isEnded = true
    this.#below.sendStatus(leaving)
  }
}

/** The counted call behind what a handler was called with: grpc-js keeps it there, below those of other interceptors. */
export function countedCallOf(given: object): Call | undefined {
  let below = (given as { call?: object }).call
  while (below !== undefined && !(below instanceof CountedCall))
    below = (below as { nextCall?: object }).nextCall
  return below
}

/** Creates the interceptor that counts calls; health calls are never work. */
export function createInterceptor(calls: Calls): ServerInterceptor {
  return ({ path }, below) =>
    isHealthPath(path) ? new ServerInterceptingCall(below) : new CountedCall(calls, path, below)
}
