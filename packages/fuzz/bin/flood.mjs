// How long another client waits while one client sends a megabyte of small things: with and without lameduck, side by side.
//
//   flood.mjs [--tries 5] [--only text]
import { once } from 'node:events'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { floods } from '../src/floods.mjs'
import { SubjectProcess } from '../src/subject-process.mjs'

/** @typedef {import('../src/floods.mjs').Flood} Flood */
/** @typedef {import('../src/subject-process.mjs').Phase} Phase */

const { values } = parseArgs({
  options: { tries: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
})
/** What another client may wait, in milliseconds: longer only where it does without lameduck, and then by not much more. */
const most = 100
const share = 1.5

/**
 * The longest that somebody waited who asked all the time, each time on a connection of its own.
 *
 * @param {number} port
 * @param {boolean} speaksHttp1
 * @param {() => boolean} isOver
 */
async function longestWait(port, speaksHttp1, isOver) {
  let longest = 0
  while (!isOver()) {
    const startedAt = performance.now()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    if (speaksHttp1) socket.write('GET /unread HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n')
    else socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0')
    await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => {})
    socket.destroy()
    longest = Math.max(longest, performance.now() - startedAt)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return longest
}

/**
 * @param {Flood} flood
 * @param {number} port
 */
async function waitUnder({ bytes, resets, server }, port) {
  const sent = bytes()
  let isOver = false
  const waited = longestWait(port, server !== 'h2c', () => isOver)
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  await new Promise((resolve) => {
    socket.once('close', resolve)
    socket.write(sent, () => (resets ? socket.resetAndDestroy() : setTimeout(resolve, 500)))
    setTimeout(resolve, 20_000).unref()
  })
  socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 300))
  isOver = true
  return waited
}

/**
 * @param {Flood} flood
 * @param {Phase} phase
 */
async function compare(flood, phase) {
  /** @type {Record<'plain' | 'lameduck', number>} */
  const least = { plain: Number.POSITIVE_INFINITY, lameduck: Number.POSITIVE_INFINITY }
  for (let attempt = 0; attempt < Number(values.tries); attempt++) {
    for (const kind of /** @type {const} */ (['plain', 'lameduck'])) {
      const subject = new SubjectProcess(flood.server, kind, phase)
      await subject.listens()
      await subject.begins()
      least[kind] = Math.min(least[kind], await waitUnder(flood, subject.port))
      subject.child.kill('SIGKILL')
      await subject.gone
    }
  }
  return least
}

let failed = 0
for (const flood of floods.filter(({ name, server }) => `${server} ${name}`.includes(values.only))) {
  for (const phase of /** @type {const} */ (['ready', 'window'])) {
    const { plain, lameduck } = await compare(flood, phase)
    const isTooLong = lameduck > Math.max(most, share * plain)
    if (isTooLong) failed++
    console.log(
      `${isTooLong ? 'TOO LONG' : 'ok      '} ${flood.server} ${phase}, ${flood.name}: ${Math.round(lameduck)} ms, without ${Math.round(plain)} ms`,
    )
  }
}
process.exitCode = failed === 0 ? 0 : 1
