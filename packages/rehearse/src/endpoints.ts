/** Where a replica is reached. */
export interface Address {
  host: string
  port: number
}

/** A replica as the balancer knows it. */
export interface Endpoint {
  id: string
  address: Address
  /** `true`: gets new connections. `false`: it is going, but still answers its readiness probe. */
  ready: boolean
}

/**
 * Picks where a new connection goes: any ready endpoint, all alike. If there is none, any that is going but still ready by its own
 * account (KEP-1669). `undefined`: nobody; the connection is refused.
 *
 * @param random a number from 0 up to, but not including, 1
 */
export function pickEndpoint(endpoints: Iterable<Endpoint>, random: number): Endpoint | undefined {
  const all = [...endpoints]
  const ready = all.filter((endpoint) => endpoint.ready)
  const candidates = ready.length > 0 ? ready : all
  return candidates[Math.floor(random * candidates.length)]
}

/**
 * When a piece of news reaches the balancer, in the unit of `now`. News does not overtake: a watch delivers in order, so a replica's
 * going is never known before its successor's coming.
 *
 * @param now when it happened
 * @param last when the news before it arrives
 * @param propagation the delay, spread by ±50 %
 * @param random a number from 0 up to 1
 */
export function arrivalOfNews(now: number, last: number, propagation: number, random: number): number {
  return Math.max(last, now + propagation * (0.5 + random))
}

/** The balancer's list of endpoints, which learns everything late. */
export interface EndpointList {
  /** Tells the balancer what is now true of a replica; `undefined`: it gets no new connections at all. */
  announce(id: string, endpoint: Endpoint | undefined): void
  /** Picks an endpoint for a new connection from what the balancer knows by now. */
  pick(): Endpoint | undefined
  /** Resolves when everything announced so far has arrived. */
  settled(): Promise<void>
  /** Drops the news that is still under way. */
  close(): void
}

/**
 * @param propagation milliseconds, spread by ±50 %
 * @param told is given all endpoints whenever there is news of one, and may take its time; must not reject
 */
export function createEndpointList(
  propagation: number,
  told: (endpoints: Endpoint[]) => Promise<void> | undefined = () => undefined,
): EndpointList {
  const known = new Map<string, Endpoint>()
  const timers = new Set<NodeJS.Timeout>()
  const waiting: (() => void)[] = []
  let last = 0
  let taken: Promise<void> | undefined

  const apply = (id: string, endpoint: Endpoint | undefined) => {
    if (endpoint) known.set(id, endpoint)
    else known.delete(id)
    taken = told([...known.values()])
  }

  return {
    announce(id, endpoint) {
      const now = performance.now()
      last = arrivalOfNews(now, last, propagation, Math.random())
      const timer = setTimeout(() => {
        timers.delete(timer)
        apply(id, endpoint)
        if (timers.size === 0) for (const resolve of waiting.splice(0)) resolve()
      }, last - now)
      timers.add(timer)
    },
    pick: () => pickEndpoint(known.values(), Math.random()),
    async settled() {
      if (timers.size > 0) await new Promise<void>((resolve) => waiting.push(resolve))
      await taken
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}
