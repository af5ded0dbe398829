// What of an answer has to be the same with and without lameduck.
import { types } from './inputs/http2.mjs'

/** @typedef {import('./client.mjs').Answer} Answer */

const lines = (/** @type {RegExp} */ names) => new RegExp(`^(?:${names.source}): [^\\r\\n]*\\r\\n`, 'gim')
const changing = lines(/date/)
const persistence = lines(/connection|keep-alive/)

/**
 * An answer of HTTP/1 as text, without what changes from one second to the next; while draining also without what says
 * whether the connection stays.
 *
 * @param {Answer} answer
 * @param {boolean} isDraining
 */
export function http1Text({ bytes }, isDraining) {
  const text = bytes.toString('latin1').replaceAll(changing, '')
  return isDraining ? text.replaceAll(persistence, '') : text
}

const refusal = /HTTP\/1\.1 (400|408|431) [^\r]*\r\nConnection: close\r\n(Content-Length: 0\r\n)?\r\n$/

/**
 * Without what a server says itself, at the end, to bytes that are no request.
 *
 * @param {Answer} answer
 * @returns {Answer}
 */
export const withoutRefusal = ({ bytes, connection }) => ({
  bytes: Buffer.from(bytes.toString('latin1').replace(refusal, ''), 'latin1'),
  connection,
})

/** Whether the last response says that the connection closes. */
export const saysClose = (/** @type {Answer} */ { bytes }) => {
  const text = bytes.toString('latin1')
  return /^connection: close\r$/im.test(text.slice(Math.max(0, text.lastIndexOf('HTTP/1.1 '))))
}

/** Frames that tell of flow, not of an answer. */
const ignored = [types.settings, types.window, types.ping]

/**
 * @param {Buffer} bytes
 * @returns {Generator<{ type: number, flags: number, stream: number, payload: Buffer }>}
 */
function* framesOf(bytes) {
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3)
    const [type = 0, flags = 0] = bytes.subarray(at + 3, at + 5)
    const payload = bytes.subarray(at + 9, at + 9 + length)
    yield { type, flags, stream: bytes.readUInt32BE(at + 5), payload }
    at += 9 + length
  }
}

/**
 * @param {number} type
 * @param {Buffer} payload
 */
function describe(type, payload) {
  if (type === types.data) return `data ${payload.toString('latin1')}`
  if (type === types.headers) return 'headers'
  if (type === types.goaway) return `goaway ${payload.readUInt32BE(4)}`
  return `frame ${type} ${payload.toString('hex')}`
}

/**
 * The frames of an HTTP/2 answer that a client's application would notice, in the order of each stream; how its data is
 * divided into frames does not count.
 *
 * @param {Answer} answer
 */
export function http2Text({ bytes, connection }) {
  /** @type {Map<number, string>} */
  const streams = new Map()
  for (const { type, flags, stream, payload } of framesOf(bytes)) {
    if (ignored.includes(type)) continue
    const ends = type <= types.headers && (flags & 1) === 1 ? ' end' : ''
    const told = describe(type, payload)
    const before = streams.get(stream) ?? ''
    const goesOn = type === types.data && /(^|\n)data [^\n]*$/.test(before)
    streams.set(stream, `${before}${goesOn ? told.slice('data '.length) : `\n${told}`}${ends}`)
  }
  return JSON.stringify({ connection, streams: [...streams].sort(([one], [other]) => one - other) })
}

/** Of a TLS handshake: what kind of record came first. */
export const tlsText = (/** @type {Answer} */ { bytes, connection }) =>
  `${connection} ${bytes[0] ?? 'nothing'}`
