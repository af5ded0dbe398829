import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ObservedLifecycle } from './observe.js'

interface Upgrading {
  on(event: 'upgrade', fn: (request: IncomingMessage, socket: Duplex) => void): unknown
}

/** Whether an upgrade is for the subject's WebSocket server. */
export const isForWebSockets = (request: IncomingMessage): boolean => request.url?.startsWith('/ws') === true

/** Upgraded sockets that are no WebSockets echo; on the path `/echo-until-signal` they end when the lifecycle says so. */
export function echoUpgrades(server: Upgrading, lifecycle: Pick<ObservedLifecycle, 'signal'>): void {
  server.on('upgrade', (request, socket) => {
    if (isForWebSockets(request)) return
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    socket.on('data', (bytes) => socket.write(bytes))
    if (request.url === '/echo-until-signal') {
      lifecycle.signal.addEventListener('abort', () => socket.end('goodbye'))
    }
  })
}
