import { createLifecycle } from '@lameduck/core'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer } from 'ws'
import { appRouter } from './app.mjs'

const lifecycle = createLifecycle()
const server = createHTTPServer({ router: appRouter })
const wss = new WebSocketServer({ server })
const { broadcastReconnectNotification } = applyWSSHandler({ wss, router: appRouter })
lifecycle.attach(server).attach(wss)
lifecycle.onDrain(() => broadcastReconnectNotification())
server.listen(process.env.PORT, () => lifecycle.ready())
