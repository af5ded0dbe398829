import { once } from 'node:events'
import { connect, Server as NetServer } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const host = '127.0.0.1'

/** Asks a server of HTTP, from this port of our own; tells what it has answered or what went wrong, and from which port. */
export const ask = (port, localPort = 0) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: host, localPort })
    socket.on('error', ({ code }) => resolve({ text: code }))
    socket.on('close', () => resolve({ text: 'closed' }))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    socket.setEncoding('utf8').on('data', (answer) => {
      resolve({ text: answer.split('\r\n\r\n')[1], from: socket.localPort })
      // Without a reset its port would be taken for a minute.
      socket.resetAndDestroy()
    })
  })

/**
 * Has clients connect to a server's port from these ports, in the moment in which its listener is about to close.
 *
 * @returns what they were answered, after the server has closed
 */
export async function askAsItCloses(server, localPorts) {
  const { port } = server.address()
  const gate = new Int32Array(new SharedArrayBuffer(8))
  // A thread of their own: in that moment, nothing happens in this one.
  const clients = new Worker(new URL(import.meta.url), { workerData: { gate, port, localPorts } })
  await once(clients, 'message')
  const answers = once(clients, 'message')
  const { close } = NetServer.prototype
  NetServer.prototype.close = function (...args) {
    if (this === server) {
      NetServer.prototype.close = close
      Atomics.store(gate, 0, 1)
      Atomics.notify(gate, 0)
      Atomics.wait(gate, 1, 0)
    }
    return close.apply(this, args)
  }
  return async () => (await answers)[0]
}

if (!isMainThread && workerData?.gate) {
  const { gate, port, localPorts } = workerData
  parentPort.postMessage('here')
  Atomics.wait(gate, 0, 0)
  const answers = Promise.all(localPorts.map((localPort) => ask(port, localPort)))
  // They have connected by then, if there is room for them.
  setImmediate(() => {
    Atomics.store(gate, 1, 1)
    Atomics.notify(gate, 1)
  })
  parentPort.postMessage((await answers).map(({ text }) => text))
}
