// A WebSocket server in the way that WAY names. Every client is greeted, and echoed.
import { createServer } from 'node:http'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { WebSocketServer } from 'ws'
import { watchEventLoop } from './watch-event-loop.mjs'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
watchEventLoop(lifecycle)
const server = createServer((_request, response) => response.end('fast'))

function greet(webSocket) {
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }))
  webSocket.send('hello')
}

function served(options) {
  const webSockets = new WebSocketServer(options)
  webSockets.on('connection', greet)
  return webSockets
}

function upgradeBy(webSockets) {
  server.on('upgrade', (request, socket, head) => webSockets.handleUpgrade(request, socket, head, greet))
}

/** Attaches as soon as the first client is there. */
function attachLater(...servers) {
  server.once('upgrade', () => {
    setTimeout(() => {
      for (const each of servers) lifecycle.attach(each)
      say({ attached: true })
    }, 100)
  })
}

const ways = {
  server() {
    lifecycle.attach(server).attach(served({ server }))
  },
  reverse() {
    lifecycle.attach(served({ server })).attach(server)
  },
  noServer() {
    const webSockets = new WebSocketServer({ noServer: true })
    upgradeBy(webSockets)
    lifecycle.attach(server).attach(webSockets)
  },
  untracked() {
    const webSockets = new WebSocketServer({ noServer: true, clientTracking: false })
    upgradeBy(webSockets)
    lifecycle.attach(webSockets).attach(server)
  },
  later() {
    lifecycle.attach(server)
    attachLater(served({ server }))
  },
  bothLater() {
    attachLater(served({ server }), server)
  },
  draining() {
    const webSockets = served({ server })
    lifecycle.attach(server)
    lifecycle.onDrain(() => lifecycle.attach(webSockets))
  },
  closing() {
    const webSockets = served({ server })
    lifecycle.attach(server)
    lifecycle.on('closing', () => setTimeout(() => lifecycle.attach(webSockets), 200))
  },
  nobody() {
    lifecycle.attach(server)
    served({ server })
  },
  ownGoodbye() {
    const webSockets = served({ server })
    lifecycle.attach(server).attach(webSockets)
    lifecycle.signal.addEventListener('abort', () => {
      for (const webSocket of webSockets.clients) webSocket.close(4000, 'moved')
    })
  },
  broadcast() {
    const webSockets = served({ server })
    lifecycle.attach(server).attach(webSockets)
    setInterval(() => {
      for (const webSocket of webSockets.clients) webSocket.send('news')
    }, 20)
  },
}

if (process.env.WAY === 'port') {
  const webSockets = served({ port: 0, host: '127.0.0.1' })
  lifecycle.attach(webSockets)
  webSockets.once('listening', () => ready(webSockets))
} else {
  ways[process.env.WAY]()
  server.listen(0, '127.0.0.1', () => ready(server))
}

function ready(listening) {
  lifecycle.ready()
  sayListening(lifecycle, listening.address().port)
}
