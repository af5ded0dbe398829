// One megabyte of what costs a server most: many small things.
import { frame, types } from './inputs/http2.mjs'

const size = 2 ** 20
const fill = (/** @type {string | Buffer} */ unit) => {
  const bytes = Buffer.from(unit)
  return Buffer.concat(Array.from({ length: Math.floor(size / bytes.length) }, () => bytes))
}
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(types.settings, 0, 0)])
const http2 = (/** @type {Buffer} */ bytes) => Buffer.concat([preface, bytes])

/** Every stream a HEADERS frame with four indexed fields, and its end. */
const streams = () => {
  const block = Buffer.from([0x82, 0x84, 0x86, 0x41, 1, 0x61])
  const each = frame(types.headers, 5, 1, block).length
  const frames = Array.from({ length: Math.floor(size / each) }, (_, i) =>
    frame(types.headers, 5, 2 * i + 1, block),
  )
  return Buffer.concat(frames)
}

/**
 * A megabyte, and the servers it is for.
 *
 * @typedef {object} Flood
 * @property {string} name
 * @property {string} server
 * @property {() => Buffer} bytes
 * @property {boolean} [resets] the client resets the connection when it has sent them
 */

/** @type {readonly Flood[]} */
export const floods = [
  { name: 'pipelined requests', server: 'http', bytes: () => fill(get) },
  { name: 'pipelined requests, then a reset', server: 'http', bytes: () => fill(get), resets: true },
  { name: 'pipelined probes', server: 'http', bytes: () => fill('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n') },
  {
    name: 'pipelined requests behind one that is late',
    server: 'http',
    bytes: () => Buffer.concat([Buffer.from('GET /late HTTP/1.1\r\nHost: a\r\n\r\n'), fill(get)]),
  },
  {
    name: 'an upload in chunks of one byte',
    server: 'http',
    bytes: () =>
      Buffer.concat([
        Buffer.from('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'),
        fill('1\r\nx\r\n'),
      ]),
  },
  { name: 'empty lines', server: 'http', bytes: () => fill('\r\n') },
  {
    name: 'a head without an end',
    server: 'http',
    bytes: () => Buffer.concat([Buffer.from('GET / HTTP/1.1\r\n'), fill('A: b\r\n')]),
  },
  {
    name: 'upgrades',
    server: 'http',
    bytes: () => fill('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'),
  },
  { name: 'streams', server: 'h2c', bytes: () => http2(streams()) },
  { name: 'streams, then a reset', server: 'h2c', bytes: () => http2(streams()), resets: true },
  { name: 'pings', server: 'h2c', bytes: () => http2(fill(frame(types.ping, 0, 0, Buffer.alloc(8)))) },
  { name: 'settings', server: 'h2c', bytes: () => http2(fill(frame(types.settings, 0, 0))) },
  {
    name: 'frames of WebSockets',
    server: 'websocket',
    bytes: () => Buffer.concat([Buffer.from(upgrade), fill(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]))]),
  },
]

const upgrade =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
