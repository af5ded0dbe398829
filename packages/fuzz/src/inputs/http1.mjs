// HTTP/1 requests: pipelined, upgraded, with every framing, then broken.
import { mutate, send } from './mutate.mjs'

/** @typedef {import('../random.mjs').Random} Random */

const tokens = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\0',
  ' ',
  ':',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive, Upgrade\r\n',
  'Upgrade: echo\r\n',
  'Expect: 100-continue\r\n',
  'Expect: something\r\n',
  'HTTP/1.0',
  'HTTP/2.0',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '0\r\n\r\n',
  'ffffffffffffffff\r\n',
  `X-Long: ${'x'.repeat(20_000)}\r\n`,
]

const paths = [
  '/',
  '/late',
  '/stream',
  '/echo',
  '/unread',
  '/unzip',
  '/headless',
  '/big',
  '/?a=b',
  '/other',
  '*',
  'http://x/',
  '/%72eadyz',
]

const headersOf = (/** @type {Random} */ random) => [
  'Host: localhost',
  ...['X-A: b', 'Connection: close', 'Connection: keep-alive', 'Expect: 100-continue', 'Accept: */*'].filter(
    () => random.chance(0.12),
  ),
]

const join = (
  /** @type {string} */ line,
  /** @type {readonly string[]} */ headers,
  /** @type {string | Buffer} */ body = '',
) => Buffer.concat([Buffer.from(`${line}\r\n${headers.join('\r\n')}\r\n\r\n`), Buffer.from(body)])

/**
 * One request, whole and allowed.
 *
 * @param {Random} random
 */
function request(random) {
  const path = random.pick(paths)
  const version = random.chance(0.9) ? 'HTTP/1.1' : 'HTTP/1.0'
  const headers = headersOf(random)
  switch (random.below(8)) {
    case 0:
      return join(`HEAD ${path} ${version}`, headers)
    case 1: {
      const body = random.bytes(random.below(400))
      return join(`POST ${path} ${version}`, [...headers, `Content-Length: ${body.length}`], body)
    }
    case 2: {
      const chunks = Array.from({ length: random.below(4) }, () => 'x'.repeat(1 + random.below(200)))
      const body = `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`
      return join(`POST ${path} HTTP/1.1`, [...headers, 'Transfer-Encoding: chunked'], body)
    }
    case 3:
      return join(
        'GET /upgrade HTTP/1.1',
        ['Host: x', 'Connection: Upgrade', 'Upgrade: echo'],
        'behind the upgrade',
      )
    case 4:
      return join('CONNECT host:80 HTTP/1.1', ['Host: x'], 'behind the connect')
    default:
      return join(`${random.pick(['GET', 'GET', 'GET', 'DELETE', 'OPTIONS'])} ${path} ${version}`, headers)
  }
}

/** @param {Random} random */
export function http1Input(random) {
  const count = random.chance(0.5) ? 1 : 1 + random.below(5)
  /** @type {Buffer} */
  let bytes = Buffer.concat(Array.from({ length: count }, () => request(random)))
  for (let i = random.chance(0.35) ? 0 : 1 + random.below(3); i > 0; i--)
    bytes = mutate(random, bytes, tokens)
  return send(random, bytes)
}
