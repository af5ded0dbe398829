// A service with work that lifecycle.signal ends and that nobody waits for, as $WORK says.
import { on } from 'node:events'
import { createServer } from 'node:http'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep, setInterval as ticks } from 'node:timers/promises'
import { standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const { signal, cutoff } = lifecycle
const server = startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))

async function tick(wanted) {
  for await (const _ of ticks(100, null, { signal: wanted }));
}

/** As libraries do that know nothing of reasons: node-fetch, axios. */
const barely = (name) =>
  new Promise((_, reject) => {
    const error = Object.assign(new Error('The user aborted a request.'), { name })
    signal.addEventListener('abort', () => reject(error))
  })

const works = {
  ticks: () => tick(signal),
  any: () => tick(AbortSignal.any([signal, new AbortController().signal])),
  async events() {
    for await (const _ of on(process, 'nothing', { signal }));
  },
  pipeline: () => pipeline(new PassThrough(), new PassThrough(), { signal }),
  fetch: () => fetch(`http://127.0.0.1:${server.address().port}/hang`, { signal }),
  thrown: () => signal.addEventListener('abort', () => setTimeout(() => signal.throwIfAborted(), 50)),
  wrapped: () => tick(signal).catch((cause) => Promise.reject(new Error('jobs ended', { cause }))),
  all: () => Promise.any([tick(signal), tick(signal)]),
  AbortError: () => barely('AbortError'),
  CanceledError: () => barely('CanceledError'),
  derived() {
    const own = new AbortController()
    signal.addEventListener('abort', () => own.abort())
    return tick(own.signal).catch(({ cause }) => Promise.reject(cause))
  },
  cutoff: () => tick(cutoff),
  async foreign() {
    const own = new AbortController()
    setTimeout(() => own.abort(), 400)
    await tick(own.signal)
  },
  async foreignAfterOurs() {
    const own = new AbortController()
    signal.addEventListener('abort', () => setTimeout(() => own.abort(), 100))
    await tick(own.signal)
  },
  async plain() {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    throw new Error('not because of it')
  },
  // Nothing in the way of whoever looks at it.
  hostile() {
    signal.addEventListener('abort', () => {
      const error = new Error('hostile')
      Object.defineProperty(error, 'cause', {
        get: () => {
          throw new Error('a getter')
        },
      })
      Promise.reject(error)
    })
  },
}

server.once('listening', async () => {
  await sleep(20)
  works[process.env['WORK']]()
})
