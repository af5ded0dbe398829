import { isAttached, type Seat } from '@lameduck/core'
import type { NestContext } from './nest-context.js'

/** A Socket.IO namespace: its server is known to Nest as well. */
const isNamespace = (server: object) => 'server' in server && 'adapter' in server && !('engine' in server)

/**
 * Attaches the servers behind WebSocket gateways, so that their clients leave in the drain, one after the other: Nest's own
 * close, which ends them all at once and without a code, finds none.
 */
export function attachGateways({ socketModule }: NestContext, seat: Seat): void {
  for (const { server } of socketModule?.socketsContainer?.getAll().values() ?? []) {
    if (server && !isNamespace(server) && !isAttached(server)) seat.attach(server)
  }
}
