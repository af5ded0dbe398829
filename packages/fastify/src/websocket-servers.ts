import { isAttached, type Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'

/**
 * Attaches the WebSocket servers of `@fastify/websocket`, wherever it is registered from now on: so their clients leave in
 * the drain, one after the other, and its own `preClose`, which closes them all at once and without a code, finds none.
 */
export function findWebSocketServers(app: FastifyInstance, seat: Seat): void {
  const contexts = [app]
  app.addHook('onRegister', (context) => void contexts.push(context))
  app.addHook('onReady', async () => {
    for (const context of contexts) {
      const { websocketServer: found } = context as { websocketServer?: object }
      if (found !== undefined && !isAttached(found)) seat.attach(found)
    }
  })
}
