import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Drained, drain, type Scene } from './drain-block.js'
import { Forked } from './forked.js'
import type { Closed, Fire } from './load-answers.js'
import { reference } from './reference.js'
import type { Section } from './section.js'
import { median } from './statistics.js'

/** From SIGTERM to the close of idle connections, in milliseconds, where that can be set. */
const shutdownDelay = 300
/** Clients ask at most this long before and after the moment in which half of the connections have closed. */
const spread = 20
/** How much to measure. */
export interface IdleCloseOptions {
  readonly connections: number
  readonly rounds: number
  /** How often the moment is looked for in which half of them have closed, with nobody asking. */
  readonly looks: number
}

const protocols = ['http', 'https'] as const
const equipments = ['lameduck', reference, 'plain'] as const

const nameOf = {
  lameduck: 'with lameduck',
  [reference]: 'with a loop that closes each in a turn of its own',
  plain: "with Node's `close()` and `closeIdleConnections()`",
}

/** What idle connections lose whose clients ask in the moment of the close. */
export async function measureIdleClose({ connections, rounds, looks }: IdleCloseOptions): Promise<Section> {
  await using load = new Forked('load.js')
  const cases = protocols.flatMap((protocol) =>
    equipments.map((equipment) => ({
      protocol,
      equipment,
      name: `node:${protocol} ${nameOf[equipment]}`,
      between: [0, 0] as [number, number],
      closed: [] as Closed[],
    })),
  )
  for (const each of cases) {
    const halves: number[] = []
    while (halves.length < looks) halves.push((await closeOnce(load, each, connections)).half)
    each.between = [median(halves) - spread, median(halves) + spread]
  }
  for (let i = 0; i < rounds; i++) {
    for (const each of cases) each.closed.push(await closeOnce(load, each, connections, each.between))
    process.stderr.write(`idle close: round ${i + 1} of ${rounds}\n`)
  }
  const sum = (of: readonly Closed[], key: 'fired' | 'lost') =>
    of.reduce((total, each) => total + each[key], 0)
  const percent = (of: readonly Closed[]) => (100 * sum(of, 'lost')) / Math.max(1, sum(of, 'fired'))
  const find = (protocol: string, equipment: string) =>
    cases.find((each) => each.protocol === protocol && each.equipment === equipment)?.closed ?? []
  return {
    title: 'What idle connections lose when they close',
    how:
      `${connections} keep-alive connections that were served once are closed ${shutdownDelay} ms after SIGTERM (by Node's own at ` +
      `once), \`linger: 0\`; each client asks once, at random within ${spread} ms before and after the moment in which half of them ` +
      `have seen FIN, unless it has seen it itself. Lost: no answer. ${rounds} rounds by turns, on a machine with other work to do. ` +
      `The loop is what the network and one turn of the event loop cost: what nobody can save.`,
    head: ['server', 'asked', 'lost', 'share', 'from the first FIN to the last, ms'],
    rows: cases.map(({ name, closed }) => [
      name,
      String(sum(closed, 'fired')),
      String(sum(closed, 'lost')),
      `${percent(closed).toFixed(1)} %`,
      median(closed.map(({ within }) => within)).toFixed(0),
    ]),
    verdicts: protocols.map((protocol) => ({
      goal: `node:${protocol}: at most 1.3 times the share of the loop, and one point`,
      met: percent(find(protocol, 'lameduck')) <= 1.3 * percent(find(protocol, reference)) + 1,
    })),
  }
}

/** A server of its own; `between` as {@link Fire} has it. */
async function closeOnce(
  load: Forked,
  { protocol, equipment }: { protocol: string; equipment: string },
  connections: number,
  between?: [number, number],
): Promise<Closed> {
  await using subject = new Forked('subject.js', {
    args: [protocol, equipment, JSON.stringify({ shutdownDelay })],
  })
  const port = await subject.ask<number>('port')
  await load.ask('connect', { port, count: connections, speak: true, protocol })
  const fire: Fire = { port, pid: subject.child.pid as number, ...(between && { between }) }
  const closed = await load.ask<Closed>('closeUnderFire', fire)
  await load.ask('close', { port })
  return closed
}

/** Nobody asks anything. */
const quiet: Scene = async (load, port, signal, connections) => {
  await load.ask('connect', { port, count: connections, speak: true })
  await sleep(500)
  signal()
  return 0
}

/** How long it takes to close thousands of idle connections, and how long nobody else is served. */
export async function measureManyIdle(wanted: number, runs: number): Promise<Section> {
  const connections = atMost(wanted)
  const drained = { lameduck: [] as Drained[], plain: [] as Drained[] }
  for (let i = 0; i < runs; i++) {
    for (const equipment of ['lameduck', 'plain'] as const) {
      drained[equipment].push(await drain(equipment, quiet, connections))
    }
    process.stderr.write(`many idle: run ${i + 1} of ${runs}\n`)
  }
  const of = (equipment: keyof typeof drained, key: keyof Drained) =>
    median(drained[equipment].map((each) => each[key]))
  const longer = of('lameduck', 'duration') - of('plain', 'duration')
  return {
    title: 'Closing thousands of idle connections, and nothing else',
    how:
      `${connections} connections that were served once and are silent, \`shutdownDelay: 0\` and \`linger: 0\`, SIGTERM; the longest ` +
      `that the server's event loop did not come to a timer of 1 ms, and the time to the exit; medians of ${runs} runs by turns.`,
    head: ['server', 'longest block, ms', 'SIGTERM to exit, ms'],
    rows: (['lameduck', 'plain'] as const).map((equipment) => [
      `node:http ${nameOf[equipment]}`,
      of(equipment, 'block').toFixed(0),
      of(equipment, 'duration').toFixed(0),
    ]),
    verdicts: [
      { goal: 'no block longer than 50 ms', met: of('lameduck', 'block') <= 50 },
      {
        goal: `at most 500 ms longer than Node's own close: ${longer.toFixed(0)} ms`,
        met: longer <= 500,
      },
    ],
  }
}
