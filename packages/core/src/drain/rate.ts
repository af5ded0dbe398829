const bucketLength = 10_000
const bucketCount = 7

/**
 * Counts events and says how many came per second over the last minute: in buckets of ten seconds that cover 60 to 70
 * seconds, turned when an event or a question comes, without a timer.
 */
export function createRateMeter(startedAt: number) {
  let buckets: number[] = [0]
  let bucketEnd = startedAt + bucketLength

  const turn = (now: number) => {
    if (now < bucketEnd) return
    const turns = Math.floor((now - bucketEnd) / bucketLength) + 1
    bucketEnd += turns * bucketLength
    const fresh = Array.from({ length: Math.min(turns, bucketCount) }, () => 0)
    buckets = [...fresh, ...buckets].slice(0, bucketCount)
  }

  return {
    count(now: number) {
      if (now >= bucketEnd) turn(now)
      buckets[0] = (buckets[0] as number) + 1
    },
    perSecond(now: number): number {
      turn(now)
      const covered = (buckets.length - 1) * bucketLength + (now - (bucketEnd - bucketLength))
      const events = buckets.reduce((sum, each) => sum + each, 0)
      return covered > 0 ? (events * 1000) / Math.max(covered, 1000) : 0
    },
  }
}
