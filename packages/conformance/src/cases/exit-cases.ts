import { expect } from 'vitest'
import { quick } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'

const options = { ...quick, shutdownDelay: 0, linger: 0 }
const times = (text: string, part: string) => text.split(part).length - 1

/** What is said at the very end of the process: the same for every protocol. */
export const exitCases: readonly BehaviourCase[] = [
  {
    name: 'every line that is printed in onStop arrives, however many there are',
    async run(subject) {
      const lines = 20_000
      await using server = await startServer(subject, { options, env: { SUBJECT_LINES: String(lines) } })
      server.signal()
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expect(times(exit.stdout, 'last line ')).toBe(lines)
      expect(exit.report.clean).toBe(true)
    },
  },
  {
    name: 'beforeExit is emitted once, and what its listeners have begun is waited for',
    async run(subject) {
      await using server = await startServer(subject, { options, env: { SUBJECT_REPORTS: 'yes' } })
      server.signal()
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expect(times(exit.stdout, 'before the exit with 0\n')).toBe(1)
      expect(times(exit.stdout, 'what was reported has arrived\n')).toBe(1)
    },
  },
  {
    name: "the application's own exit code counts, and the report names it",
    async run(subject) {
      await using server = await startServer(subject, { options, env: { SUBJECT_EXIT_CODE: '7' } })
      server.signal()
      expect(await server.exited()).toMatchObject({ code: 7, report: { clean: true, exitCode: 7 } })
    },
  },
]
