// What the fuzzed servers do, the same with and without lameduck: answers that depend on nothing but the request.
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {import('node:http').ServerResponse} ServerResponse */
/** @typedef {import('node:stream').Duplex} Duplex */

const big = 'b'.repeat(64 * 1024)

/** @type {Readonly<Record<string, (req: IncomingMessage, res: ServerResponse) => void>>} */
const routes = {
  '/late': (_req, res) => void setTimeout(() => res.end('late'), 2),
  '/stream': (_req, res) => {
    let left = 4
    const write = () => {
      if (left-- === 0) return void res.end('end')
      res.write(`piece ${left};`)
      setImmediate(write)
    }
    write()
  },
  '/echo': (req, res) => {
    let length = 0
    req.on('data', (chunk) => {
      length += chunk.length
    })
    req.on('end', () => res.end(`${length} bytes`))
    req.on('error', () => {})
  },
  '/unread': (_req, res) => void res.end('not read'),
  // What a library that gives up on a body does to a request: `pipeline` destroys it.
  '/unzip': (req, res) => {
    const unzip = createGunzip()
      .on('error', () => {})
      .resume()
    pipeline(req, unzip, (error) => {
      if (!res.destroyed) res.writeHead(error ? 400 : 200).end('unzipped')
    })
  },
  '/headless': (_req, res) => {
    res.removeHeader('connection')
    res.end('no connection header')
  },
  '/big': (_req, res) => void res.end(big),
}

/**
 * @param {IncomingMessage} req
 * @param {ServerResponse} res
 */
export function handle(req, res) {
  req.on('error', () => {})
  const route = routes[req.url?.split('?')[0] ?? '']
  if (route !== undefined) route(req, res)
  else res.end(`${req.method} ${req.url?.slice(0, 100)}`)
}

/**
 * @param {IncomingMessage} _req
 * @param {Duplex} socket
 * @param {Buffer} head
 */
export function echoUpgrade(_req, socket, head) {
  socket.on('error', () => {})
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  socket.write(head)
  socket.pipe(socket)
}
