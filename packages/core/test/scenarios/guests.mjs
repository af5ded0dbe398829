import { once } from 'node:events'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { echoUpgrades, observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

/** What applications and libraries do to the objects that Node gives them, each on a path of its own. */
const ways = {
  '/no-socket': (req) => {
    req.socket = null
  },
  '/no-request': (_, res) => {
    // Before that, Node 26 looks at it itself.
    res.once('finish', () => {
      res.req = null
    })
  },
  '/other-socket': (req) => {
    req.socket = { remoteAddress: '192.0.2.1' }
  },
  '/no-listeners': (req, res) => {
    const { socket } = req
    res.removeAllListeners('close')
    socket.removeAllListeners('close')
  },
  '/no-headers': (req) => {
    req.headers = undefined
    req.rawHeaders = undefined
  },
  '/no-url': (req) => {
    req.url = null
    req.method = undefined
  },
  '/frozen-end': (_, res) => {
    Object.defineProperty(res, 'setHeader', {
      value() {
        throw new Error('no more headers')
      },
    })
  },
}

const listener = (req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost')
  if (pathname === '/gunzip') {
    pipeline(
      req,
      createGunzip().on('error', () => {}),
      (error) => {
        res.statusCode = error ? 400 : 200
        res.end(error ? 'no gzip' : 'gzip')
      },
    ).resume()
    return
  }
  if (pathname === '/answered-first') {
    req.once('data', () => {
      req.pause()
      res.end('early')
      const gunzip = createGunzip().on('error', () => {})
      setTimeout(() => pipeline(req, gunzip, () => say({ destroyed: true })).resume(), 50)
    })
    return
  }
  ways[pathname]?.(req, res)
  say({ asked: pathname })
  if (searchParams.has('hangs')) return
  setTimeout(() => res.end('fine'), Number(searchParams.get('ms') ?? 0))
}

const isHttp2 = process.env.SUBJECT_HTTP2 !== undefined
const server = isHttp2 ? createHttp2Server(listener) : createServer(listener)
const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
echoUpgrades(server, lifecycle)
server.on('upgrade', (_, socket) => socket.removeAllListeners('close'))
lifecycle.attach(server)
server.listen(0, '127.0.0.1', async () => {
  await lifecycle.ready()
  sayListening(lifecycle, server.address().port)
})

/** Requests that nobody has sent, as test kits and platforms make them. */
function byHand(socket, url) {
  const req = new IncomingMessage(socket)
  Object.assign(req, { method: 'GET', url, headers: {}, complete: true })
  const res = new ServerResponse(req)
  const written = []
  res.assignSocket({
    _writableState: {},
    writable: true,
    on() {},
    removeListener() {},
    destroy() {},
    cork() {},
    uncork() {},
    write(data, encoding, done) {
      written.push(String(data))
      ;(typeof encoding === 'function' ? encoding : done)?.()
    },
  })
  const answered = once(res, 'finish').then(() => written.join(''))
  server.emit('request', req, res)
  return answered
}

process.on('SIGUSR2', async () => {
  const fake = { readable: false, remoteAddress: '192.0.2.1', address: () => ({ port: 443 }), destroy() {} }
  const answers = [
    await byHand(fake, '/by-hand'),
    await byHand(null, '/by-hand'),
    await byHand(fake, '/livez'),
  ]
  say({ byHand: answers.map((answer) => answer.slice(0, 15)) })
  server.emit('request', { url: '/by-hand', method: 'GET' }, { end() {} })
  server.emit(
    'upgrade',
    { headers: {}, url: '/' },
    { on() {}, write() {}, removeAllListeners() {} },
    Buffer.of(),
  )
  say({ emitted: true })
})
