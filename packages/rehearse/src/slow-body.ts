import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const parts = 10

/**
 * A body that comes in ten parts, fewer if it has fewer bytes.
 *
 * @param duration milliseconds from the first part to the last
 */
export function sentSlowly(body: Buffer, duration: number): Readable {
  const size = Math.ceil(body.length / parts)
  const pause = duration / Math.max(1, Math.ceil(body.length / size) - 1)
  async function* inParts() {
    for (let start = 0; start < body.length; start += size) {
      if (start > 0) await sleep(pause)
      yield body.subarray(start, start + size)
    }
  }
  return Readable.from(inParts())
}
