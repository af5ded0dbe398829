import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkClient } from './work-client.js'

const soon = (ms: number) => ({ deadline: Date.now() + ms })

/** Every way in which a call can end, its connection's loss aside. */
const ways: readonly ((client: WorkClient) => Promise<unknown>)[] = [
  (client) => client.answer(),
  (client) => client.answer(),
  (client) => client.answer(2, soon(5000)),
  (client) => client.unary('Hang', {}, soon(20)),
  (client) => client.unary('Fail'),
  (client) => client.unary('Nothing'),
  (client) => client.count({ upTo: 2, every: 0 }).status,
  async (client) => {
    const { call, status, atLeast } = client.count({ every: 1 })
    await Promise.race([atLeast(1), status])
    call.cancel()
    await status
  },
  async (client) => {
    const { call, status } = client.count({ every: 1 })
    // Not at once: grpc-js never tells the server of a call that is cancelled in the tick in which it was made.
    await sleep(1)
    call.cancel()
    await status
  },
  async (client) => {
    const { call, answer } = client.sum()
    call.write({ n: 1 })
    call.end()
    await answer
  },
  async (client) => {
    const { call, status, atLeast } = client.chat()
    call.write({ n: 1 })
    await Promise.race([atLeast(1), status])
    call.cancel()
    await status
  },
  async (client) => {
    const { call, status } = client.chat()
    call.write({ n: 1 })
    call.end()
    await status
  },
]

/** Makes so many calls, of every kind, 200 of them at a time; resolves when all are over, however they ended. */
export async function mixedCalls(client: () => WorkClient, count: number): Promise<void> {
  let begun = 0
  const caller = async () => {
    while (begun < count) {
      const way = ways[begun++ % ways.length] as (typeof ways)[number]
      await way(client()).catch(() => sleep(0))
    }
  }
  await Promise.all(Array.from({ length: 200 }, caller))
}
