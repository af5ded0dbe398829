// A WebSocket handshake, and frames behind it (RFC 6455 §5).
import { mutate, send } from './mutate.mjs'

/** @typedef {import('../random.mjs').Random} Random */

const handshake = Buffer.from(
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
)

/** @param {Random} random */
function frame(random) {
  const payload = random.bytes(random.below(120))
  const mask = random.bytes(4)
  const masked = payload.map((byte, i) => byte ^ /** @type {number} */ (mask[i % 4]))
  const opcode = random.pick([1, 2, 2, 2, 8, 9, 10, 0, 3])
  const isMasked = random.chance(0.95)
  return Buffer.concat([
    Buffer.from([(random.chance(0.9) ? 0x80 : 0) | opcode, (isMasked ? 0x80 : 0) | payload.length]),
    ...(isMasked ? [mask, masked] : [payload]),
  ])
}

const tokens = [
  Buffer.from([0x88, 0x80, 0, 0, 0, 0]),
  Buffer.from([0x82, 0xff]),
  Buffer.from([0xc1, 0x80]),
  '\r\n',
  handshake,
]

/** @param {Random} random */
export function webSocketInput(random) {
  /** @type {Buffer} */
  let bytes = Buffer.concat([handshake, ...Array.from({ length: random.below(6) }, () => frame(random))])
  for (let i = random.chance(0.4) ? 0 : 1 + random.below(2); i > 0; i--) bytes = mutate(random, bytes, tokens)
  return send(random, bytes)
}
