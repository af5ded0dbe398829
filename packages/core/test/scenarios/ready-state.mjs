// Says which functions of core run for requests while nothing drains, whatever is done to Node's objects.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { roughWays, sayWhatRuns, unzip } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const ways = {
  ...roughWays,
  '/socket': (req) => Object.assign(req, { socket: null }),
  '/stranger': (req) => Object.assign(req, { socket: { destroyed: false } }),
  '/stripped': (req) => {
    Object.assign(req, { headers: undefined, rawHeaders: undefined, url: null, method: undefined })
  },
  '/throws': (_, res) => {
    for (const name of ['headersSent', 'writableFinished', 'closed']) {
      Object.defineProperty(res, name, {
        get() {
          throw new Error(`nobody may read ${name}`)
        },
      })
    }
  },
}

const server = createServer((req, res) => {
  if (req.method === 'POST') return unzip(req, res)
  ways[req.url]?.(req, res)
  res.end('fine')
})
const lifecycle = createLifecycle({ platform: 'none', logger: false }).attach(server)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
await lifecycle.ready()

await sayWhatRuns(server.address().port, Object.keys(ways))
