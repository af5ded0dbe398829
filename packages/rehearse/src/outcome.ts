/**
 * Why a request was lost.
 *
 * - `reset`: the connection was reset before the response head
 * - `hang-up`: the connection was closed before the response head
 * - `truncated`: the body ended early, or went on in a way that is not HTTP
 * - `status`: a complete answer whose status is not 2xx, from a replica or by the balancer itself; a gRPC call that failed with any
 *   status, unless there was no connection to be had
 * - `time-out`: nothing came for as long as `--timeout` says
 * - `malformed`: what came instead of a response head is not HTTP
 * - `wrong`: a complete 2xx answer that says it got another number of bytes than were sent, or without the text that is expected; a
 *   gRPC answer without the fields that are expected
 * - `refused`: `--retry-refused`, and every attempt was refused
 */
export type LossCause =
  | 'reset'
  | 'hang-up'
  | 'truncated'
  | 'status'
  | 'time-out'
  | 'malformed'
  | 'wrong'
  | 'refused'

/** How one attempt ended. `refused` never reached a process, so it is safe to send again. */
export type Outcome =
  | { kind: 'ok' }
  | { kind: 'refused'; detail: string }
  | { kind: 'lost'; cause: LossCause; detail: string }

/** What is known of an attempt that ended with an error. */
export interface FailedAttempt {
  /** `error.name`; undici's parser errors have no code. */
  name: string
  /** `error.code`, from Node or undici. */
  code: string | undefined
  message: string
  /** The connection was there. */
  connected: boolean
  /** The response head had come. */
  headReceived: boolean
}

const refusedCodes = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])
const timeOutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  // We gave up ourselves: the body went on for longer than the end of the load waits.
  'UND_ERR_DESTROYED',
])
const resetCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/** Sorts an attempt that ended with an error under its cause. */
export function classifyFailure({
  name,
  code = '',
  message,
  connected,
  headReceived,
}: FailedAttempt): Outcome {
  const detail = code === '' ? message : `${code}: ${message}`
  const lost = (cause: LossCause): Outcome => ({ kind: 'lost', cause, detail })
  if (timeOutCodes.has(code)) return lost('time-out')
  if (!connected && refusedCodes.has(code)) return { kind: 'refused', detail }
  if (headReceived) return lost('truncated')
  if (name === 'HTTPParserError') return lost('malformed')
  return lost(resetCodes.has(code) ? 'reset' : 'hang-up')
}

/** A response that came whole. */
export interface CompleteAnswer {
  status: number
  /** The balancer, if it answered by itself. */
  by?: string | undefined
  contentType: string
  body: string
  /** Bytes that the request carried. `0`: it had no body. */
  sentBytes: number
  /** Text that the body contains. */
  expect?: string | undefined
}

/**
 * Judges a response that came whole: its status, and whether an upload was received whole if the answer says so (a JSON object with a
 * number `bytes`).
 */
export function classifyAnswer({
  status,
  by,
  contentType,
  body,
  sentBytes,
  expect,
}: CompleteAnswer): Outcome {
  if (status < 200 || status > 299) {
    return { kind: 'lost', cause: 'status', detail: by === undefined ? String(status) : `${status} by ${by}` }
  }
  if (expect !== undefined && !body.includes(expect)) {
    const got = JSON.stringify(body.length > 40 ? `${body.slice(0, 40)}…` : body)
    return {
      kind: 'lost',
      cause: 'wrong',
      detail: `expected an answer with ${JSON.stringify(expect)}, got ${got}`,
    }
  }
  if (sentBytes === 0 || !contentType.startsWith('application/json')) return { kind: 'ok' }
  const received = receivedBytes(body)
  if (received === undefined || received === sentBytes) return { kind: 'ok' }
  return { kind: 'lost', cause: 'wrong', detail: `${sentBytes} bytes sent, ${received} received` }
}

function receivedBytes(json: string): number | undefined {
  try {
    const answer: unknown = JSON.parse(json)
    if (typeof answer !== 'object' || answer === null || !('bytes' in answer)) return undefined
    return typeof answer.bytes === 'number' ? answer.bytes : undefined
  } catch {
    return undefined
  }
}

/**
 * The name a loss is counted under: its cause, and for `status` the code and the balancer that gave it. What a gRPC server says about
 * its status, after a colon, is not part of the name.
 */
export function lossKey(cause: LossCause, detail: string): string {
  return cause === 'status' ? `status ${detail.split(':', 1)[0]}` : cause
}
