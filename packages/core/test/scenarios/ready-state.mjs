// Says which functions of core run for requests while nothing drains, whatever is done to Node's objects.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Session } from 'node:inspector'
import { connect } from 'node:net'
import { pipeline } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { createLifecycle } from '@lameduck/core'

const ways = {
  '/plain': () => {},
  '/socket': (req) => Object.assign(req, { socket: null }),
  '/stranger': (req) => Object.assign(req, { socket: { destroyed: false } }),
  '/request': (_, res) => res.once('finish', () => Object.assign(res, { req: null })),
  '/listeners': (req, res) => {
    req.socket.removeAllListeners('close')
    res.removeAllListeners('close')
  },
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
  if (req.method === 'POST') {
    const gunzip = createGunzip()
    gunzip.on('error', () => {}).resume()
    return pipeline(req, gunzip, () => res.end('no gzip'))
  }
  ways[req.url]?.(req, res)
  res.end('fine')
})
const lifecycle = createLifecycle({ platform: 'none', logger: false }).attach(server)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
await lifecycle.ready()

const { port } = server.address()
const client = connect({ port, host: '127.0.0.1' }).setNoDelay()

async function ask(head, body = '') {
  client.write(`${head} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  let answer = ''
  while (!/\r\n\r\n(fine|no gzip)$/.test(answer) && !answer.endsWith('0\r\n\r\n')) {
    answer += (await once(client, 'data'))[0]
  }
}

const session = new Session()
session.connect()
const post = (method, params) =>
  new Promise((resolve, reject) => {
    session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)))
  })

// The first request of a connection is looked at more closely.
await ask('GET /first')
await sleep(200)
await post('Profiler.enable')
await post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
for (let round = 0; round < 20; round++) {
  for (const path of Object.keys(ways)) await ask(`GET ${path}`)
  await ask('POST /zip', 'this is no gzip')
}
const { result } = await post('Profiler.takePreciseCoverage')
await post('Profiler.stopPreciseCoverage')
const ran = result
  .filter(({ url }) => url.includes('/core/dist/'))
  .flatMap(({ url, functions }) =>
    functions
      .filter(({ ranges }) => ranges[0].count > 0)
      .map(
        ({ functionName }) =>
          `${url.split('/').slice(-1)[0].replace('.js', '')}: ${functionName || 'unnamed'}`,
      ),
  )
console.log(JSON.stringify({ ran: [...new Set(ran)].sort() }))
client.destroy()
process.kill(process.pid, 'SIGTERM')
