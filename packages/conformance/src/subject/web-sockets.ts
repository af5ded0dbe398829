import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { isForWebSockets } from './echo-upgrades.js'
import { type ObservedLifecycle, say } from './observe.js'

/** Every WebSocket echoes. `/ws/goodbye` says so on the signal; `/ws/big?mb=` sends as much at once when it is asked to. */
export function webSocketRoutes(
  webSocket: WebSocket,
  path: string,
  { signal }: Pick<ObservedLifecycle, 'signal'>,
): void {
  const { pathname, searchParams } = new URL(path, 'http://localhost')
  webSocket.on('error', () => {})
  webSocket.on('message', (data, isBinary) => {
    if (pathname === '/ws/big') sendMegabytes(webSocket, Number(searchParams.get('mb')))
    else webSocket.send(data, { binary: isBinary })
  })
  if (pathname === '/ws/goodbye') signal.addEventListener('abort', () => webSocket.send('goodbye'))
}

/** It cannot be compressed. */
const noise = randomBytes(2 ** 20)

function sendMegabytes(webSocket: WebSocket, count: number): void {
  for (let number = 0; number < count; number++) webSocket.send(noise)
  say({ sent: count })
}

/** Puts a WebSocket server beside the standard routes, and under the same lifecycle. */
export function serveWebSockets(
  lifecycle: ObservedLifecycle & { attach(server: WebSocketServer): unknown },
  server: Server,
): WebSocketServer {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: true })
  lifecycle.attach(webSockets)
  server.on('upgrade', (request, socket, head) => {
    if (!isForWebSockets(request)) return
    webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      webSocketRoutes(webSocket, request.url ?? '/', lifecycle),
    )
  })
  return webSockets
}
