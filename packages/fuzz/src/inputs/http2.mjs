// HTTP/2 frames in the order of a client, then in another order, then broken (RFC 9113 §4, §6).
import { mutate, send } from './mutate.mjs'

/** @typedef {import('../random.mjs').Random} Random */

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
}

/**
 * @param {number} type
 * @param {number} flags
 * @param {number} stream
 * @param {Buffer} [payload]
 * @returns {Buffer}
 */
export function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A header field without indexing (RFC 7541 §6.2.2), its name and value as they are. */
const field = (/** @type {string} */ name, /** @type {string} */ value) =>
  Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([Math.min(126, value.length)]),
    Buffer.from(value.slice(0, 126)),
  ])

const fields = (/** @type {Readonly<Record<string, string>>} */ all) =>
  Buffer.concat(Object.entries(all).map(([name, value]) => field(name, value)))

const number = (/** @type {number} */ value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

const tokens = [
  frame(types.ping, 0, 0, Buffer.alloc(8)),
  frame(types.goaway, 0, 0, Buffer.alloc(8)),
  frame(types.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])),
  frame(types.settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 1])),
  frame(types.push, 4, 1, Buffer.alloc(8)),
  frame(types.continuation, 4, 1),
  frame(types.window, 0, 0, number(0x7fffffff)),
  frame(types.window, 0, 1, number(0)),
  frame(types.priority, 0, 1, Buffer.alloc(5)),
  frame(0x42, 0, 0, Buffer.alloc(3)),
  Buffer.from([0xff, 0xff, 0xff]),
]

/**
 * One request's frames on a stream.
 *
 * @param {Random} random
 * @param {number} stream
 * @param {Readonly<Record<string, string>>} head
 * @param {Buffer | undefined} body
 */
function exchange(random, stream, head, body) {
  const block = fields(head)
  const ends = body === undefined ? 1 : 0
  const isSplit = random.chance(0.2)
  const frames = isSplit
    ? [
        frame(types.headers, ends, stream, block.subarray(0, 8)),
        frame(types.continuation, 4, stream, block.subarray(8)),
      ]
    : [frame(types.headers, 4 | ends, stream, block)]
  if (body !== undefined) frames.push(frame(types.data, random.chance(0.9) ? 1 : 0, stream, body))
  if (random.chance(0.15)) frames.push(frame(types.reset, 0, stream, number(random.pick([0, 2, 5, 8]))))
  return frames
}

/**
 * @param {(random: Random) => { head: Readonly<Record<string, string>>, body?: Buffer | undefined }} request
 * @returns {(random: Random) => import('./mutate.mjs').Input}
 */
const connection = (request) => (random) => {
  /** @type {Buffer[]} */
  const frames = [preface, frame(types.settings, 0, 0)]
  const count = 1 + random.below(5)
  for (let i = 0; i < count; i++) {
    const { head, body } = request(random)
    frames.push(...exchange(random, 1 + 2 * i, head, body))
    if (random.chance(0.2)) frames.push(/** @type {Buffer} */ (Buffer.from(random.pick(tokens))))
  }
  if (random.chance(0.1))
    frames.push(frame(types.goaway, 0, 0, Buffer.concat([number(0), number(random.pick([0, 1, 11]))])))
  /** @type {Buffer} */
  let bytes = Buffer.concat(frames)
  for (let i = random.chance(0.4) ? 0 : 1 + random.below(3); i > 0; i--) bytes = mutate(random, bytes, tokens)
  return send(random, bytes)
}

export const http2Input = connection((random) => ({
  head: {
    ':method': random.pick(['GET', 'GET', 'POST', 'HEAD', 'CONNECT', 'G T']),
    ':scheme': 'http',
    ':path': random.pick(['/', '/late', '/stream', '/echo', '/unread', '/big', '/other', '']),
    ':authority': 'localhost',
  },
  body: random.chance(0.4) ? random.bytes(random.below(300)) : undefined,
}))

/** A message of gRPC: uncompressed, with its length in front. */
const message = (/** @type {Buffer} */ bytes) =>
  Buffer.concat([Buffer.from([0]), number(bytes.length), bytes])

export const grpcInput = connection((random) => ({
  head: {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': random.pick([
      '/test.Echo/Unary',
      '/test.Echo/Unary',
      '/test.Echo/Stream',
      '/test.Echo/Upload',
      '/test.Echo/None',
      '/',
    ]),
    ':authority': 'localhost',
    'content-type': random.chance(0.9) ? 'application/grpc' : 'text/plain',
    te: 'trailers',
    ...(random.chance(0.2) ? { 'grpc-timeout': random.pick(['10S', '1m', 'x']) } : {}),
  },
  body: random.chance(0.9) ? message(random.bytes(random.below(40))) : random.bytes(random.below(20)),
}))
