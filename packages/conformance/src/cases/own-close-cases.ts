import { expect } from 'vitest'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'

const options = { platform: 'kubernetes', gracePeriod: 30_000, shutdownDelay: 100, linger: 0 } as const

/** What servers of either protocol have promised by a method of their own. */
export const ownCloseCases: readonly BehaviourCase[] = (['onStop', 'onDrain'] as const).map((step) => ({
  name: `server.close() in ${step} calls back, and holds nothing`,
  timeout: 60_000,
  async run(subject) {
    await using server = await startServer(subject, { options, env: { SUBJECT_CLOSE: step } })
    server.signal()
    const exit = await server.exited(25_000)
    expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    expect(server.said('closed')).toEqual(['callback', 'promise', 'dispose'])
  },
}))
