import { isAttached, type Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'

/** The scopes below an instance: Fastify keeps them under a symbol that it does not export. */
function scopesOf(app: FastifyInstance): readonly FastifyInstance[] {
  const key = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.children')
  const children = key && (app as unknown as Record<symbol, unknown>)[key]
  return Array.isArray(children) ? [app, ...children.flatMap(scopesOf)] : [app]
}

/**
 * Attaches the WebSocket servers of `@fastify/websocket`, wherever and whenever it was registered: so their clients leave in
 * the drain, one after the other, and its own `preClose`, which closes them all at once and without a code, finds none.
 */
export function findWebSocketServers(app: FastifyInstance, root: FastifyInstance, seat: Seat): void {
  const contexts = [...scopesOf(root)]
  app.addHook('onRegister', (context) => void contexts.push(context))
  app.addHook('onReady', async () => {
    for (const context of contexts) {
      const { websocketServer: found } = context as { websocketServer?: object }
      if (found !== undefined && !isAttached(found)) seat.attach(found)
    }
  })
}
