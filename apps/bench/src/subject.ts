// usage: subject.js FRAMEWORK EQUIPMENT [OPTIONS]: a small server, with or without lameduck, that tells what it costs.
import { writeSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LifecycleOptions } from '@lameduck/core'
import { answerQuestions } from './answering.js'
import { peers } from './equipment.js'
import { frameworks } from './frameworks.js'
import { closeOneByOne, reference } from './reference.js'
import { requestsBegun } from './routes.js'

const [framework = '', equipment = '', given = '{}'] = process.argv.slice(2)
const options: LifecycleOptions = {
  gracePeriod: 60_000,
  shutdownDelay: 0,
  linger: 0,
  logger: false,
  ...(JSON.parse(given) as LifecycleOptions),
}
const server = await frameworks[framework]?.(equipment === 'lameduck' ? options : undefined, equipment)
if (server === undefined) throw new Error(`expected a framework, got ${framework}`)
peers[equipment]?.(server)
if (equipment === reference) closeOneByOne(server, options.shutdownDelay as number)

/** Prints, at the end of the process, the longest time that the event loop did not come to a timer of 1 ms. */
function watchLoop(): void {
  let last = performance.now()
  let longestBlock = 0
  const look = () => {
    const now = performance.now()
    longestBlock = Math.max(longestBlock, now - last)
    last = now
  }
  setInterval(look, 1).unref()
  process.once('exit', () => {
    look()
    writeSync(1, JSON.stringify({ longestBlock }))
  })
}

/** Keeps the event loop from coming to anything, as a long computation does. */
function block(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}

answerQuestions({
  port: () => (server.address() as AddressInfo).port,
  cpu: () => process.cpuUsage(),
  heap: async () => {
    for (let i = 0; i < 4; i++) {
      await sleep(20)
      globalThis.gc?.()
    }
    return process.memoryUsage().heapUsed
  },
  watchLoop,
  begun: requestsBegun,
  block: (milliseconds: number) => void setImmediate(block, milliseconds),
})
