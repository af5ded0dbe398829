import { expect, test } from 'vitest'
import { consoleLogger } from '../src/events/logger.js'

function recorded(isTerminal: boolean, isDebug = false) {
  const lines: string[] = []
  return {
    lines,
    logger: consoleLogger({
      isTerminal,
      isDebug,
      time: () => '2026-01-02T03:04:05.678Z',
      write: (line) => lines.push(line),
    }),
  }
}

test('on a terminal a line is readable', () => {
  const { lines, logger } = recorded(true)
  logger.info({ step: 'ready' }, 'ready after 4 ms')
  logger.error({ err: new Error('why') }, 'failed')
  logger.info({}, 'lameduck drains port 3000')
  expect(lines[0]).toBe('2026-01-02T03:04:05.678Z lameduck ready after 4 ms')
  expect(lines[2]).toBe('2026-01-02T03:04:05.678Z lameduck drains port 3000')
  expect(lines[1]).toMatch(/^2026-\S+Z lameduck error: failed\nError: why/)
})

test('elsewhere it is JSON, errors included (A11)', () => {
  const { lines, logger } = recorded(false)
  logger.warn({ step: 'hook', err: new Error('why') }, 'failed')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    time: '2026-01-02T03:04:05.678Z',
    level: 'warn',
    step: 'hook',
    msg: 'failed',
    err: { name: 'Error', message: 'why' },
  })
})

test('what JSON cannot say is still said', () => {
  const { lines, logger } = recorded(false)
  const circle: Record<string, unknown> = { size: 1n }
  circle['self'] = circle
  logger.error({ err: circle }, 'failed')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', msg: 'failed' })
  expect(lines[0]).toContain('1n')
})

test('the plan is for those who ask by NODE_DEBUG=lameduck', () => {
  for (const isDebug of [false, true]) {
    const { lines, logger } = recorded(true, isDebug)
    logger.debug?.({}, 'plan for kubernetes')
    expect(lines).toEqual(isDebug ? ['2026-01-02T03:04:05.678Z lameduck debug: plan for kubernetes'] : [])
  }
})

test('an error in the report is written whole, causes included, also if they go in a circle', () => {
  const { lines, logger } = recorded(false)
  const error: Error & { code?: string } = new TypeError('no socket', { cause: new Error('reset') })
  error.code = 'E_NO_SOCKET'
  const circle = new Error('round')
  circle.cause = circle
  const many = new AggregateError([new Error('one')], 'all failed')
  logger.error({ report: { error, hooks: [{ error: circle }, { error: many }] } }, 'stopped')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    report: {
      error: {
        name: 'TypeError',
        message: 'no socket',
        code: 'E_NO_SOCKET',
        stack: expect.stringContaining('logger.test'),
        cause: { name: 'Error', message: 'reset' },
      },
      hooks: [{ error: { message: 'round' } }, { error: { errors: [{ message: 'one' }] } }],
    },
  })
})
