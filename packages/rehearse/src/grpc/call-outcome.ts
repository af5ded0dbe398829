import { type ServiceError, status } from '@grpc/grpc-js'
import type { Outcome } from '../outcome.js'
import type { GrpcCall } from './call.js'
import { differenceOf } from './difference.js'

// What a channel says that has never given the call to a server, nor will.
const unconnected = /^No connection established/

/** Whether a call failed because there was no connection to be had. */
export function isUnconnected({ code, details }: Pick<ServiceError, 'code' | 'details'>): boolean {
  return code === status.UNAVAILABLE && unconnected.test(details)
}

/** Judges a call that ended with another status than OK. It is refused only if it has reached nobody; otherwise it is lost. */
export function classifyStatus(error: Pick<ServiceError, 'code' | 'details'>): Outcome {
  const detail = `${status[error.code]}: ${error.details}`
  if (isUnconnected(error)) return { kind: 'refused', detail }
  return { kind: 'lost', cause: 'status', detail }
}

/** Judges the messages of a call that ended with OK. */
export function classifyMessages(messages: readonly object[], expect: GrpcCall['expect']): Outcome {
  if (expect === undefined) return { kind: 'ok' }
  const wrong = (detail: string): Outcome => ({ kind: 'lost', cause: 'wrong', detail })
  if (messages.length !== expect.length) {
    return wrong(`expected ${expect.length} messages, got ${messages.length}`)
  }
  const difference = differenceOf(expect, messages)
  if (!difference) return { kind: 'ok' }
  const { place, expected, got } = difference
  const [index, ...field] = place
  return wrong(
    `message ${Number(index) + 1}, ${field.join('.') || 'all of it'}: expected ${JSON.stringify(expected)}, got ${shown(got)}`,
  )
}

function shown(got: unknown): string {
  const text = JSON.stringify(got) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
