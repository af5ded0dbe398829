import { expect, test } from 'vitest'
import { createAborts } from '../src/lifecycle/aborts.js'
import { createFakeClock } from '../src/testing/index.js'

function bench() {
  const clock = createFakeClock()
  const warnings: string[] = []
  const controller = new AbortController()
  const absorbs = createAborts(clock, [controller.signal], (message) => warnings.push(message))
  return { clock, controller, absorbs, warnings }
}

const named = (name: string, rest: object = {}) => Object.assign(new Error(name), { name, ...rest })

test('an error that carries the reason of the abort is no crash, however deep', () => {
  const { controller, absorbs, warnings } = bench()
  controller.abort()
  const { reason } = controller.signal
  expect(absorbs(reason)).toBe(true)
  expect(absorbs(new Error('outer', { cause: new Error('inner', { cause: reason }) }))).toBe(true)
  expect(absorbs(new AggregateError([reason, new Error('x', { cause: reason })]))).toBe(true)
  expect(warnings).toHaveLength(3)
})

test('one that has another cause, none, or only some of it, is a crash', async () => {
  const { clock, controller, absorbs, warnings } = bench()
  expect(absorbs(named('AbortError'))).toBe(false)
  controller.abort()
  const { reason } = controller.signal
  const circle = named('AbortError')
  circle.cause = circle
  const hostile = named('Error')
  Object.defineProperty(hostile, 'cause', {
    get() {
      throw new Error('a getter')
    },
  })
  const crashes = [
    'a text',
    undefined,
    new Error('bug'),
    new Error('bug', { cause: new Error('another') }),
    new AggregateError([reason, new Error('bug')]),
    circle,
    hostile,
  ]
  for (const error of crashes) expect(absorbs(error)).toBe(false)
  await clock.advance(0)
  expect(absorbs(named('AbortError'))).toBe(false)
  expect(warnings).toEqual([])
})

test('one that says only that it was aborted is no crash in the turn of the abort', () => {
  const { controller, absorbs } = bench()
  controller.abort()
  expect(absorbs(named('AbortError'))).toBe(true)
  expect(absorbs(named('CanceledError', { errors: [] }))).toBe(true)
  expect(absorbs(named('TypeError'))).toBe(false)
})
