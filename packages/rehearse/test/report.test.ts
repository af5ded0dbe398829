import { describe, expect, test } from 'vitest'
import type { FinishedAttempt } from '../src/attempt.js'

import { reasonsAgainst } from '../src/report.js'
import { createTally, nobody } from '../src/tally.js'

const ok: FinishedAttempt = {
  outcome: { kind: 'ok' },
  replica: 'r1',
  reused: false,
  ask: { kind: 'http', method: 'GET', path: '/' },
  dueAt: 1000,
  sentAt: 1001,
  endedAt: 1010,
  again: false,
}

describe('createTally', () => {
  test('counts by cause and by replica', () => {
    const tally = createTally(500)
    tally.record(ok, undefined)
    tally.record({ ...ok, outcome: { kind: 'lost', cause: 'status', detail: '503' } }, 1000)
    tally.record(
      { ...ok, outcome: { kind: 'refused', detail: 'ECONNREFUSED' }, replica: undefined },
      undefined,
    )
    expect(tally.total).toEqual({ requests: 3, lost: 1, lostByCause: { 'status 503': 1 }, refused: 1 })
    expect(tally.byReplica.get('r1')).toMatchObject({ requests: 2, lost: 1, refused: 0 })
    expect(tally.byReplica.get(nobody)).toMatchObject({ requests: 1, refused: 1 })
    expect(tally.failures[0]?.failure).toMatchObject({
      atMs: 510,
      cause: 'status 503',
      afterSigtermMs: 10,
      connection: 'new',
    })
  })

  test('an attempt that is sent again is not another request', () => {
    const tally = createTally(0)
    tally.record({ ...ok, outcome: { kind: 'refused', detail: '' }, again: true }, undefined)
    tally.record(ok, undefined)
    expect(tally.total).toMatchObject({ requests: 1, refused: 1, lost: 0 })
  })

  test('latency counts from when a request was due, and long waits are counted', () => {
    const tally = createTally(0)
    tally.record({ ...ok, sentAt: 1200, endedAt: 1300 }, undefined)
    expect(tally.latency()).toEqual({ p50: 300, p99: 300, max: 300 })
    expect(tally.late).toEqual({ requests: 1, maxMs: 200 })
  })
})

test('reasons are sentences, and refused requests need not be one', () => {
  const counts = { requests: 10, lost: 1, lostByCause: {}, refused: 2 }
  expect(reasonsAgainst(counts, 1, false)).toEqual([
    '1 request was lost',
    '2 requests were refused',
    '1 replica had to be ended by SIGKILL',
  ])
  expect(reasonsAgainst({ ...counts, lost: 0 }, 0, true)).toEqual([])
})
