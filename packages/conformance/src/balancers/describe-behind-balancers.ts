import { describe, expect, test } from 'vitest'
import type { ServerUnderTest } from '../server-under-test.js'
import { type BalancerKind, missingBalancer } from './balancer.js'
import { rollBehind } from './behind-balancer.js'
import { haproxy } from './haproxy.js'
import { nginx } from './nginx.js'

/** The balancers that a server must be safe behind. */
export const balancers: readonly BalancerKind[] = [nginx, haproxy('always'), haproxy('safe')]

// In the matrix many times what it takes to replace the servers.
const requests = process.env['LAMEDUCK_TEST_MATRIX'] === undefined ? 5000 : 20_000
const load = { servers: 3, clients: 64, requests }

/** Declares that replacing servers of this kind behind real balancers, which are told nothing, loses no request. */
export function describeBehindBalancers(subject: ServerUnderTest): void {
  describe.sequential(`${subject.name} behind a balancer that is told nothing`, () => {
    for (const kind of balancers) {
      const reason = missingBalancer(kind)
      const name = `${kind.name}: ${load.requests} GETs and POSTs while ${load.servers} servers are replaced, none lost`
      if (reason !== undefined) console.log(`skipped: ${subject.name} behind ${kind.name}: ${reason}`)
      test.skipIf(reason !== undefined)(name, { timeout: 120_000 }, async () => {
        const { sent, lost, exits, balancerLog } = await rollBehind(kind, subject, load)
        expect(
          lost.slice(0, 20),
          `${lost.length} of ${sent} lost; ${kind.name} says:\n${balancerLog}`,
        ).toEqual([])
        expect(sent).toBeGreaterThanOrEqual(load.requests)
        expect(exits.map(({ code, report }) => [code, report.clean, report.cut])).toEqual(
          Array.from({ length: load.servers }, () => [0, true, []]),
        )
      })
    }
  })
}
