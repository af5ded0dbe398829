import { setTimeout as sleep } from 'node:timers/promises'
import { peers } from './equipment.js'
import { Forked } from './forked.js'
import type { Streamed, Trickled } from './load-answers.js'
import type { Section } from './section.js'
import { median } from './statistics.js'

/** How one drain went. */
export interface Drained {
  /** The longest that the event loop was blocked, in milliseconds. */
  readonly block: number
  /** The longest that a client with a request waited, in milliseconds. */
  readonly wait: number
  /** From SIGTERM to the exit, in milliseconds. */
  readonly duration: number
}

/** What clients do; resolves with how long one of them waited for an answer. */
export type Scene = (load: Forked, port: number, signal: () => void, connections: number) => Promise<number>

/** Idle connections that were served once; requests keep coming on them until they are closed. */
const idle: Scene = async (load, port, signal, connections) => {
  await load.ask('connect', { port, count: connections, speak: true })
  const trickled = load.ask<Trickled>('trickle', { port, every: 2 })
  await sleep(200)
  signal()
  return (await trickled).longest
}

/** Connections that never sent anything, closed while streams go on. */
const silent: Scene = async (load, port, signal, connections) => {
  await load.ask('connect', { port, count: connections, speak: false })
  const streamed = load.ask<Streamed>('stream', { port, count: 20 })
  await sleep(500)
  signal()
  return (await streamed).longestGap
}

const cases = [
  { name: 'idle, with requests on them', equipment: 'lameduck', scene: idle },
  { name: 'silent, with 20 streams beside them', equipment: 'lameduck', scene: silent },
  {
    name: "idle, without lameduck: Node's `close()` and `closeIdleConnections()`",
    equipment: 'plain',
    scene: idle,
  },
  ...Object.keys(peers)
    .filter((equipment) => equipment !== 'plain')
    .map((equipment) => ({ name: `idle, with ${equipment}`, equipment, scene: idle })),
]

/** How long the event loop is blocked when thousands of connections are closed. */
export async function measureDrainBlock(wanted: number, runs: number): Promise<Section> {
  const connections = atMost(wanted)
  const results = cases.map(({ name }) => ({ name, of: [] as Drained[] }))
  for (let i = 0; i < runs; i++) {
    for (const [at, { equipment, scene }] of cases.entries()) {
      results[at]?.of.push(await drain(equipment, scene, connections))
    }
    process.stderr.write(`drain: run ${i + 1} of ${runs}\n`)
  }
  const of = (drained: readonly Drained[], key: keyof Drained) => median(drained.map((each) => each[key]))
  return {
    title: 'Draining thousands of idle connections',
    how:
      `${connections} connections, \`linger: 0\`, SIGTERM; the longest that the server's event loop did not ` +
      `come to a timer of 1 ms from then to the exit, and the longest that a client waited for an answer or for a ` +
      `stream's next chunk (sent every 5 ms), client's own delays included; medians of ${runs} runs by turns.`,
    head: ['connections', 'longest block, ms', 'longest wait, ms', 'SIGTERM to exit, ms'],
    rows: results.map(({ name, of: drained }) => [
      name,
      of(drained, 'block').toFixed(0),
      of(drained, 'wait').toFixed(0),
      of(drained, 'duration').toFixed(0),
    ]),
    verdicts: results.slice(0, 2).map(({ name, of: drained }) => ({
      goal: `${name}: no block longer than 50 ms`,
      met: of(drained, 'block') <= 50,
    })),
  }
}

/** Drains a server on which there are connections. */
export async function drain(equipment: string, scene: Scene, connections: number): Promise<Drained> {
  await using load = new Forked('load.js')
  await using subject = new Forked('subject.js', { args: ['http', equipment] })
  const port = await subject.ask<number>('port')
  let signalledAt = 0
  const signal = () => {
    signalledAt = performance.now()
    subject.child.kill('SIGTERM')
  }
  // The loop is watched from before the signal on, but not while connections are opened.
  const watched = async () => {
    await subject.ask('watchLoop')
    signal()
  }
  const wait = await scene(load, port, () => void watched(), connections)
  const { at } = await subject.gone
  const { longestBlock } = JSON.parse(subject.output) as { longestBlock: number }
  return { block: longestBlock, wait, duration: at - signalledAt }
}

/** As many connections as a process may have; Node raises its own limit as far as it can. */
export function atMost(wanted: number): number {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } }
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? Math.min(wanted, soft - 500) : wanted
}
