import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkClient } from './work-client.js'

/** Callers that go on until they are told to stop. */
export interface SteadyLoad {
  /** Ends the load; resolves when every call is over. */
  stop(): Promise<{ readonly calls: number; readonly failures: readonly string[] }>
}

/** Keeps up calls on each client: every caller waits for its answer, thinks for a moment and calls again. */
export function steadyLoad(clients: readonly WorkClient[], callersEach: number): SteadyLoad {
  const failures: string[] = []
  let calls = 0
  let isOver = false

  const caller = async (client: WorkClient) => {
    while (!isOver) {
      calls++
      await client
        .answer(calls % 3 === 0 ? 5 : 0, { deadline: Date.now() + 10_000 })
        .catch((error: Error) => {
          failures.push(error.message)
        })
      await sleep(Math.random() * 20)
    }
  }

  const callers = clients.flatMap((client) => Array.from({ length: callersEach }, () => caller(client)))
  return {
    async stop() {
      isOver = true
      await Promise.all(callers)
      return { calls, failures }
    },
  }
}
