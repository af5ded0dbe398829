import { expect, test } from 'vitest'
import { consoleLogger } from '../src/events/logger.js'

function recorded(isTerminal: boolean, isDebug = false) {
  const lines: string[] = []
  return { lines, logger: consoleLogger({ isTerminal, isDebug, write: (line) => lines.push(line) }) }
}

test('on a terminal a line is readable', () => {
  const { lines, logger } = recorded(true)
  logger.info({ step: 'ready' }, 'ready after 4 ms')
  logger.error({ err: new Error('why') }, 'failed')
  expect(lines[0]).toBe('lameduck ready after 4 ms')
  expect(lines[1]).toMatch(/^lameduck error: failed\nError: why/)
})

test('elsewhere it is JSON, errors included (A11)', () => {
  const { lines, logger } = recorded(false)
  logger.warn({ step: 'hook', err: new Error('why') }, 'failed')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
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
    expect(lines).toEqual(isDebug ? ['lameduck debug: plan for kubernetes'] : [])
  }
})
