import { describe, expect, test } from 'vitest'
import { classifyAnswer, classifyFailure, lossKey } from '../src/outcome.js'

describe('classifyFailure', () => {
  test.each([
    ['ECONNREFUSED', false, false, 'refused'],
    ['ECONNRESET', true, false, 'reset'],
    ['EPIPE', true, false, 'reset'],
    ['UND_ERR_SOCKET', true, false, 'hang-up'],
    ['UND_ERR_SOCKET', true, true, 'truncated'],
    ['ECONNRESET', true, true, 'truncated'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', true, true, 'truncated'],
    ['UND_ERR_HEADERS_TIMEOUT', true, false, 'time-out'],
    ['UND_ERR_BODY_TIMEOUT', true, true, 'time-out'],
    ['UND_ERR_CONNECT_TIMEOUT', false, false, 'time-out'],
    [undefined, true, false, 'hang-up'],
  ] as const)('%s, connected %s, head %s: %s', (code, connected, headReceived, expected) => {
    const outcome = classifyFailure({ name: 'Error', code, message: 'm', connected, headReceived })
    expect(outcome.kind === 'lost' ? outcome.cause : outcome.kind).toBe(expected)
  })

  test('what is not HTTP is malformed as a head, and cuts a body', () => {
    const failure = { name: 'HTTPParserError', code: undefined, message: 'm', connected: true }
    expect(classifyFailure({ ...failure, headReceived: false })).toMatchObject({ cause: 'malformed' })
    expect(classifyFailure({ ...failure, headReceived: true })).toMatchObject({ cause: 'truncated' })
  })
})

describe('classifyAnswer', () => {
  const answer = { status: 200, contentType: 'application/json', body: '{"bytes":10}', sentBytes: 10 }

  test('takes any 2xx', () => {
    expect(classifyAnswer(answer)).toEqual({ kind: 'ok' })
    expect(classifyAnswer({ ...answer, status: 204, body: '' })).toEqual({ kind: 'ok' })
  })

  test.each([199, 304, 404, 503])('%i is a loss', (status) => {
    expect(classifyAnswer({ ...answer, status })).toEqual({
      kind: 'lost',
      cause: 'status',
      detail: String(status),
    })
  })

  test('an upload that arrived in part is a loss, if the answer says so', () => {
    expect(classifyAnswer({ ...answer, body: '{"bytes":9}' })).toMatchObject({ kind: 'lost', cause: 'wrong' })
    expect(classifyAnswer({ ...answer, body: 'null' })).toEqual({ kind: 'ok' })
    expect(classifyAnswer({ ...answer, body: '{"bytes":9}', sentBytes: 0 })).toEqual({ kind: 'ok' })
  })
})

test('a status is counted with its code', () => {
  expect(lossKey('status', '503')).toBe('status 503')
  expect(lossKey('reset', 'ECONNRESET')).toBe('reset')
})

describe('an answer that is to contain a text', () => {
  const answer = { status: 200, contentType: 'text/plain', body: 'hello world', sentBytes: 0 }

  test('is well with it', () => {
    expect(classifyAnswer({ ...answer, expect: 'hello' })).toEqual({ kind: 'ok' })
  })

  test('is wrong without it, however complete', () => {
    expect(classifyAnswer({ ...answer, body: '', expect: 'hello' })).toMatchObject({
      kind: 'lost',
      cause: 'wrong',
    })
  })
})
