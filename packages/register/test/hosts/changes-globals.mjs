// A host that puts something else in the place of what is Node's, before it listens, or lets nobody ask its server.
import { createServer } from 'node:http'
import { answer, closed, listening } from './answers.mjs'

const node = process
const server = createServer(async (request, response) => response.end(await answer(request.url)))
node.on('SIGTERM', () => server.close(closed))
const ways = {
  address() {
    const address = () => {
      throw new Error('not yours')
    }
    server.on('listening', () => queueMicrotask(() => Object.assign(server, { address })))
  },
  setImmediate: () => Reflect.deleteProperty(globalThis, 'setImmediate'),
  process: () => {
    globalThis.process = { ...node, on: node.on.bind(node) }
  },
}
ways[node.env.WAY]()
server.listen(0, '127.0.0.1', () => listening(server))
