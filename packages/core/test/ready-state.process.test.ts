import { ForkedServer } from '@lameduck/conformance'
import { expect, test } from 'vitest'

/** What has a request in its hands: it reads its method, its URL and the response's socket, and nothing else. */
const look = [
  'connection: connectionOf',
  'connection: noteRequest',
  'connections: of',
  'http1-side: passes',
  'probe-responder: match',
  'request-target: pathOf',
  'server-tap: emitOf',
  'server-tap: value',
]

/** What knows nothing of it: the time, ten times a second, and how many have come. */
const counter = /^(clock|coarse-clock|rate|server-context): /

test('while nothing drains, a request is looked at by its path and counted; nothing else of ours runs, whatever is done to it', async () => {
  const script = new URL('scenarios/ready-state.mjs', import.meta.url)
  await using scenario = new ForkedServer(script)
  const { ran } = (await scenario.line('ran')) as { ran: string[] }
  expect(ran.filter((name) => !counter.test(name))).toEqual(look)
  expect(await scenario.exited()).toMatchObject({ code: 0 })
})
