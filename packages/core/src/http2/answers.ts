import type { ServerHttp2Stream } from 'node:http2'
import { addAbortSignal } from 'node:stream'
import { unavailable } from '../http/answers.js'
import { silence as silenceResponse, swallowing } from '../http/leave.js'
import type { ProbeAnswer } from '../probes/probes.js'
import { headersOf, responseOf } from './streams.js'

/** No error: sent to a client whose request is answered and need not be sent on (RFC 9113 §8.1). */
export const noError = 0

function send(stream: ServerHttp2Stream, { status, headers, body }: ProbeAnswer): void {
  if (stream.headersSent || stream.destroyed || stream.closed) return
  const isHead = headersOf(stream)[':method'] === 'HEAD'
  const length = Buffer.byteLength(body)
  stream.respond({ ...headers, ':status': status, 'content-length': length }, { endStream: isHead })
  // Nothing tells when its head is on the way, and some versions of Node drop it if it is reset before.
  if (isHead) return
  if (!stream.endAfterHeaders) stream.once('finish', () => stream.close(noError))
  stream.end(body)
}

/** Nobody else listens to a stream that the application never sees: a reset by its client would be uncaught. */
const takeOver = (stream: ServerHttp2Stream) => stream.on('error', () => {})

/** Answers a probe, at once or when its checks have ended; nobody else sees the request. */
export function sendProbe(stream: ServerHttp2Stream, answer: ProbeAnswer | Promise<ProbeAnswer>): void {
  takeOver(stream)
  stream.resume()
  if (answer instanceof Promise) void answer.then((settled) => send(stream, settled))
  else send(stream, answer)
}

/** Says that the server is leaving, in place of the application. */
export function sendUnavailable(stream: ServerHttp2Stream): void {
  takeOver(stream)
  send(stream, unavailable)
}

const cutShort = new WeakSet<ServerHttp2Stream>()

/** Whether a stream was answered in place of its handler. */
export const isCutShort = (stream: ServerHttp2Stream): boolean => cutShort.has(stream)

/** Answers in place of a handler that has not begun to, and swallows what the handler says later. */
export function answerForHandler(stream: ServerHttp2Stream): void {
  cutShort.add(stream)
  for (const method of ['respond', 'write', 'end']) Reflect.deleteProperty(stream, method)
  sendUnavailable(stream)
  silence(stream)
}

/**
 * Ends a stream that is not whole by RST_STREAM with CANCEL (RFC 9113 §7). `stream.close()` would not do: Node ends the
 * stream in order first, and its client takes the part that came for the whole. Destroying by an abort does.
 */
export function cancel(stream: ServerHttp2Stream): void {
  takeOver(stream)
  addAbortSignal(AbortSignal.abort(), stream)
}

/** Takes a stream away from its handler: what the handler does with it from now on is swallowed. */
export function silence(stream: ServerHttp2Stream): void {
  const swallow = () => stream
  takeOver(stream)
  Object.assign(stream, {
    respond: swallow,
    respondWithFD: swallow,
    respondWithFile: swallow,
    additionalHeaders: swallow,
    pushStream: swallow,
    write: swallowing(true),
    end: swallowing(stream),
  })
  const response = responseOf(stream)
  if (response !== undefined) silenceResponse(response)
}
