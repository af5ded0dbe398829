// The first bytes of a TLS client, broken: what a handshake is before anybody speaks HTTP.
import { mutate, send } from './mutate.mjs'

/** @typedef {import('../random.mjs').Random} Random */

const number = (/** @type {number} */ value, /** @type {number} */ size) => {
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}

const sized = (/** @type {Buffer} */ bytes, /** @type {number} */ size) =>
  Buffer.concat([number(bytes.length, size), bytes])

/** A ClientHello of TLS 1.2 with two cipher suites and no extension (RFC 5246 §7.4.1.2). */
const hello = (/** @type {Random} */ random) => {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    random.bytes(32),
    sized(Buffer.alloc(0), 1),
    sized(Buffer.from([0xc0, 0x2f, 0xc0, 0x30]), 2),
    sized(Buffer.from([0]), 1),
  ])
  const handshake = Buffer.concat([Buffer.from([1]), sized(body, 3)])
  return Buffer.concat([Buffer.from([22, 3, 1]), sized(handshake, 2)])
}

const tokens = [
  Buffer.from([21, 3, 3, 0, 2, 2, 40]),
  Buffer.from([23, 3, 3, 0, 1, 0]),
  'GET / HTTP/1.1\r\n\r\n',
]

/** @param {Random} random */
export function tlsInput(random) {
  /** @type {Buffer} */
  let bytes = random.chance(0.9) ? hello(random) : random.bytes(60)
  for (let i = 1 + random.below(3); i > 0; i--) bytes = mutate(random, bytes, tokens)
  return send(random, bytes)
}
