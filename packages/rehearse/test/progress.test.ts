import { describe, expect, test } from 'vitest'
import type { Progress } from '../src/events.js'
import { createProgressPrinter, eventText } from '../src/progress.js'

const progress: Progress = {
  elapsedMs: 61_500,
  rollout: 1,
  rollouts: 2,
  starting: 1,
  ready: 3,
  draining: 0,
  requests: 100,
  lost: 2,
  refused: 1,
}
const line = '01:01  roll-out 1/2: 1 starting, 3 ready, 0 draining · 100 requests, 2 lost, 1 refused'

function record(isTTY: boolean) {
  const written: string[] = []
  const printer = createProgressPrinter({ isTTY, columns: 200, write: (text) => written.push(text) })
  return { printer, written }
}

describe('createProgressPrinter', () => {
  test('redraws the last line on a terminal, and keeps events above it', () => {
    const { printer, written } = record(true)
    printer.observe({ type: 'progress', progress })
    printer.observe({ type: 'replicaReady', replica: 'r1', afterMs: 1234 })
    printer.clear()
    const clear = '\r\u001B[2K'
    expect(written).toEqual([clear + line, clear, '01:01  r1 ready after 1.2 s\n', clear + line, clear])
  })

  test('prints plain lines elsewhere, the state every five seconds', () => {
    const { printer, written } = record(false)
    for (const elapsedMs of [200, 4800, 5000, 5200, 10_000]) {
      printer.observe({ type: 'progress', progress: { ...progress, elapsedMs } })
    }
    printer.clear()
    expect(written.map((text) => text.slice(0, 5))).toEqual(['00:05', '00:10'])
  })
})

test('what a failed service wrote follows its line', () => {
  const event = { type: 'replicaNeverReady' as const, replica: 'r1', reason: 'was late', output: ['a', 'b'] }
  expect(eventText(event)).toBe('r1 was late; it wrote last:\n       | a\n       | b')
  expect(eventText({ ...event, output: [] })).toBe('r1 was late; it wrote nothing')
})
