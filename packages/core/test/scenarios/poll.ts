import { setTimeout as sleep } from 'node:timers/promises'
import { RawClient } from '@lameduck/conformance'

/** One answer, or what came instead of one. */
export interface Polled {
  /** Unix milliseconds, with fractions. */
  readonly at: number
  readonly status: number | string
}

/** Somebody who asks again and again, each time on a connection of its own. */
export interface Poll {
  readonly polled: readonly Polled[]
  /** The answers without repetitions. */
  statuses(): (number | string)[]
  /** Resolves when nobody answers any more. */
  readonly refused: Promise<void>
}

/** Now, in Unix milliseconds with fractions: the same in every process of this machine. */
export const timeNow = () => performance.timeOrigin + performance.now()

async function ask(port: number, path: string): Promise<number | string> {
  let client: RawClient | undefined
  try {
    client = await RawClient.connect({ port })
    return (await client.get(path)).status
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message
  } finally {
    client?.destroy()
  }
}

/** Polls a path, `every` milliseconds after each answer, until nobody answers any more. */
export function poll(port: number, path: string, every: number): Poll {
  const polled: Polled[] = []
  const refused = (async () => {
    for (;;) {
      const status = await ask(port, path)
      polled.push({ at: timeNow(), status })
      if (typeof status === 'string') return
      await sleep(every)
    }
  })()
  return {
    polled,
    statuses: () =>
      polled.map(({ status }) => status).filter((status, i, all) => i === 0 || status !== all[i - 1]),
    refused,
  }
}
