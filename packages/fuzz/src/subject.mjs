// The process of one fuzzed server: `subject.mjs protocol plain|lameduck ready|window|closed`, told what to do by its parent.
import { connect } from 'node:net'
import { startServer } from './servers.mjs'

const [protocol = '', kind = '', phase = ''] = process.argv.slice(2)
const minute = 60_000

const options = /** @type {const} */ ({
  signals: ['SIGINT'],
  crash: false,
  logger: false,
  platform: 'none',
  gracePeriod: phase === 'window' ? 10 * minute : minute / 4,
  shutdownDelay: phase === 'window' ? 4 * minute : 0,
  linger: 0,
})

const { port, lifecycle } = await startServer(protocol, kind === 'lameduck' ? options : undefined)

/** Keeps the drain from ending while inputs come. */
const release = phase === 'closed' ? lifecycle?.hold('inputs') : undefined

/** Resolves when the listener has closed, and what it leaves behind has had its turns. */
async function refused() {
  const connected = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
  while (await connected());
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const commands = {
  /** Begins the phase that this process is in from now on. */
  begin: async () => {
    if (lifecycle === undefined || phase === 'ready') return
    const closing = new Promise((resolve) => lifecycle.on('closing', resolve))
    void lifecycle.stop({ window: phase === 'window' })
    if (phase === 'closed') await closing.then(refused)
  },
  /** Ends the process in order, and says what the drain has reported. */
  end: async () => {
    if (lifecycle === undefined) process.exit(0)
    lifecycle.on('stopped', (report) => process.send?.({ report }))
    process.kill(process.pid, 'SIGINT')
    // A signal that is on its way when the last lifecycle stops finds nobody who listens.
    setTimeout(() => release?.(), 20)
  },
}

process.on('message', async (/** @type {keyof typeof commands} */ name) => {
  await commands[name]()
  process.send?.({ done: name })
})
process.once('disconnect', () => process.exit(0))
process.send?.({ port })
