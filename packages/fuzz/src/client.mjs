// One client: it sends an input, and takes down what comes back.
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** @typedef {import('./inputs/mutate.mjs').Input} Input */

/**
 * What came back until it was quiet.
 *
 * @typedef {object} Answer
 * @property {Buffer} bytes
 * @property {'open' | 'closed'} connection
 */

const isTls = (/** @type {string} */ protocol) => protocol === 'https' || protocol === 'h2'

/**
 * @param {string} protocol
 * @param {number} port
 * @param {string} [alpn]
 * @returns {Promise<import('node:net').Socket>}
 */
export function connect(protocol, port, alpn) {
  const [where, named] = [{ port, host: '127.0.0.1' }, alpn ? { ALPNProtocols: [alpn] } : {}]
  return new Promise((resolve, reject) => {
    const socket = isTls(protocol)
      ? connectTls({ ...where, ...named, rejectUnauthorized: false }, () => resolve(socket))
      : connectTcp({ ...where, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** A TLS socket cannot be reset: its connection is closed under the server. */
const reset = (/** @type {import('node:net').Socket} */ socket) =>
  'encrypted' in socket ? socket.destroy() : socket.resetAndDestroy()

/**
 * @param {import('node:net').Socket} socket
 * @param {Input} input
 * @param {number} quiet milliseconds without a byte after which nothing is expected any more
 * @returns {Promise<Answer>}
 */
export async function exchange(socket, { pieces, ending }, quiet) {
  /** @type {Buffer[]} */
  const received = []
  /** @type {Answer['connection']} */
  let connection = 'open'
  socket.removeAllListeners('error')
  socket.on('error', () => {})
  const over = new Promise((resolve) => {
    const timer = setTimeout(resolve, quiet)
    socket.on('data', (bytes) => {
      received.push(bytes)
      timer.refresh()
    })
    socket.once('close', () => {
      connection = 'closed'
      clearTimeout(timer)
      resolve(undefined)
    })
    void (async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return
        socket.write(piece)
        await new Promise((next) => setImmediate(next))
        timer.refresh()
      }
      if (ending === 'fin') socket.end()
      if (ending === 'reset') reset(socket)
    })()
  })
  await over
  socket.destroy()
  return { bytes: Buffer.concat(received), connection }
}

/**
 * Asks once and reads the answer: from then on the connection is idle, as a pool's.
 *
 * @param {import('node:net').Socket} socket
 */
export async function useOnce(socket) {
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
  })
}
