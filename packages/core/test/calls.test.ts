import { expect, test } from 'vitest'
import { type Call, createCalls } from '../src/calls/calls.js'
import { createFakeClock } from '../src/testing/index.js'

const call = (path: string, isAnswered = true): Call & { ended: boolean } => ({
  path,
  startedAt: 0,
  isAnswered,
  ended: false,
  peer: () => '::1:4711',
  end() {
    this.ended = true
  },
})

test('counts each call once, however often its end is told', () => {
  const calls = createCalls(createFakeClock())
  const [one, other] = [call('/a/A'), call('/a/B')]
  calls.begin(one)
  calls.begin(other)
  expect(calls.size).toBe(2)
  calls.finish(one)
  calls.finish(one)
  calls.finish(call('/never/begun'))
  expect(calls.size).toBe(1)
  expect([...calls]).toEqual([other])
})

test('counts what was answered since it is watched, and tells of every beginning and end', () => {
  const calls = createCalls(createFakeClock())
  const told: string[] = []
  const [before, early, answered, cancelled] = ['early', 'open', 'answered', 'cancelled'].map((path) =>
    call(path, path !== 'cancelled'),
  ) as Call[] as [Call, Call, Call, Call]
  calls.begin(before)
  calls.finish(before)
  calls.begin(early)
  calls.watch({
    began: ({ path }) => told.push(`began ${path}`),
    ended: ({ path }) => told.push(`ended ${path}, ${calls.size} left`),
  })
  calls.begin(answered)
  calls.begin(cancelled)
  for (const each of [cancelled, answered, early]) calls.finish(each)
  expect(told).toEqual([
    'began answered',
    'began cancelled',
    'ended cancelled, 2 left',
    'ended answered, 1 left',
    'ended open, 0 left',
  ])
  expect(calls.finished).toBe(2)
})

test('names what is not over, with its age and its client', async () => {
  const clock = createFakeClock()
  const calls = createCalls(clock)
  calls.begin(call('/a/A'))
  await clock.advance(1500)
  expect(calls.unfinished('grpc')).toEqual([{ kind: 'grpc', path: '/a/A', age: 1500, remoteAddress: '::1' }])
})

test('ends what is not over', () => {
  const calls = createCalls(createFakeClock())
  const [over, open] = [call('/a/A'), call('/a/B')]
  calls.begin(over)
  calls.begin(open)
  calls.finish(over)
  calls.endAll()
  expect([over.ended, open.ended]).toEqual([false, true])
})

test('knows how many come a second', async () => {
  const clock = createFakeClock()
  const calls = createCalls(clock)
  for (let i = 0; i < 60; i++) {
    const each = call('/a/A')
    calls.begin(each)
    calls.finish(each)
    await clock.advance(1000)
  }
  expect(calls.rate()).toBeCloseTo(1, 1)
})
