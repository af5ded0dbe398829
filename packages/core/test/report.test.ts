import { expect, test } from 'vitest'
import { makeReport, shortList } from '../src/drain/report.js'
import { withCrash } from '../src/drain/trigger.js'
import { createFakeServer } from '../src/testing/index.js'

const durations = { window: 0, linger: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0, total: 0 }
const stopped = { reason: 'stop', window: false, linger: false }
const reportOf = (
  exitCodes: { clean: number; forced: number },
  cut: readonly { kind: string; age: number }[],
) => makeReport(stopped, exitCodes, [createFakeServer()], cut, [], durations)

test('a list of what was cut is a line of a log, however much it is and however long the paths are', () => {
  const path = `/${'x'.repeat(400)}`
  const works = Array.from({ length: 103 }, () => ({ kind: 'request', path, age: 1 }))
  const { listed, unlisted } = shortList(works)
  expect([listed.length, unlisted]).toEqual([100, 3])
  expect(listed[0]?.path).toBe(`${path.slice(0, 199)}…`)
  expect(shortList([{ kind: 'hold', age: 1 }]).listed).toEqual([{ kind: 'hold', age: 1 }])
})

test("the exit code is the application's own, or the one for what was cut, if that is not 0", () => {
  const cut = [{ kind: 'request', age: 1 }]
  expect(reportOf({ clean: 7, forced: 1 }, [])).toMatchObject({ clean: true, exitCode: 7 })
  expect(reportOf({ clean: 7, forced: 1 }, cut)).toMatchObject({ clean: false, exitCode: 1 })
  expect(reportOf({ clean: 7, forced: 0 }, cut)).toMatchObject({ clean: false, exitCode: 7 })
})

test('a crash gives a drain that is under way its error, and a code where it has none that says something', () => {
  const crash = { ...stopped, reason: 'crash', error: 'thrown' }
  expect(withCrash(stopped, crash)).toEqual({ ...stopped, error: 'thrown', exitCode: 1 })
  expect(withCrash(stopped, { ...crash, exitCode: 5 })).toMatchObject({ exitCode: 5 })
  expect(withCrash({ ...stopped, exitCode: 3 }, crash)).toMatchObject({ reason: 'stop', exitCode: 3 })
  expect(withCrash(stopped, stopped)).toBe(stopped)
})
