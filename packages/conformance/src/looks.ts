import { ForkedServer } from './forked-server.js'

/** What has a request in its hands while nothing drains: it reads its method, its URL and the response's socket, and nothing else. */
const looks = [
  'core/connection: connectionOf',
  'core/connection: noteRequest',
  'core/connections: of',
  'core/http1-side: passes',
  'core/probe-responder: match',
  'core/request-target: pathOf',
  'core/server-tap: emitOf',
  'core/server-tap: value',
]

/** What knows nothing of it: the time, ten times a second, and how many have come. */
const counter = /^core\/(clock|coarse-clock|rate|server-context): /

/** Runs a scenario that says what runs (`sayWhatRuns`): gives what of that is more than a look at the path and a counter, or is missing. */
export async function beyondLooks(script: URL): Promise<{ more: string[]; missing: string[] }> {
  await using scenario = new ForkedServer(script)
  const { ran } = (await scenario.line('ran')) as { ran: string[] }
  const { code } = await scenario.exited()
  if (code !== 0) throw new Error(`expected the scenario to leave with 0, got ${code}`)
  return {
    more: ran.filter((name) => !counter.test(name) && !looks.includes(name)),
    missing: looks.filter((name) => !ran.includes(name)),
  }
}
