import { peers } from './equipment.js'
import { Forked } from './forked.js'
import type { Section } from './section.js'
import { median, medianInterval } from './statistics.js'

/** How much to measure. */
export interface TurnsOptions {
  /** Processes of each fleet: what is compiled how differs from one to the other. */
  readonly processes: number
  /** Rounds in each process: in each, every server is asked a slice of requests. */
  readonly rounds: number
  /** Requests to every server before anything is measured. */
  readonly warmUp: number
  /** Requests in one slice: few, so that what else the machine does comes upon all alike. */
  readonly slice: number
  readonly connections: number
  /** Only the fleets of this kind of server. */
  readonly only?: string | undefined
}

/** Servers of one kind in one process: one bare server, its equal, and those that are compared with it. */
interface Fleet {
  readonly name: string
  readonly framework: 'http' | 'http2' | 'fastify' | 'express' | 'nest'
  /** Each beside a bare server and another bare one. */
  readonly equipments: readonly string[]
  readonly mostMedian?: number
  readonly mostUpper?: number
}

const ours = (name: string, framework: Fleet['framework'], goals: Partial<Fleet>): Fleet[] => [
  { name, framework, equipments: ['lameduck'], ...goals },
  { name: `${name}, two servers`, framework, equipments: ['lameduck', 'lameduck'], ...goals },
]

const http1Goals = { mostMedian: 1.01, mostUpper: 1.02 }

const fleets: readonly Fleet[] = [
  ...ours('node:http', 'http', http1Goals),
  ...ours('Fastify', 'fastify', http1Goals),
  ...ours('Express', 'express', http1Goals),
  ...ours('Nest', 'nest', http1Goals),
  ...ours('node:http2, compatibility API', 'http2', { mostMedian: 1.02 }),
  ...Object.keys(peers).map((peer) => ({
    name: `node:http with ${peer}`,
    framework: 'http' as const,
    equipments: [peer],
  })),
]

/** CPU per request, all servers in one process and asked by turns: a few minutes tell half a per cent. */
export async function measureByTurns(options: TurnsOptions): Promise<Section> {
  const { processes, rounds, warmUp, slice, connections, only } = options
  const asked = fleets.filter(
    ({ name }) => only === undefined || name === only || name.startsWith(`${only},`),
  )
  await using load = new Forked('load.js')
  const rows: string[][] = []
  const verdicts: Section['verdicts'][number][] = []
  for (const fleet of asked) {
    const [bare = [], control = [], ...compared] = await measureProcesses(load, fleet, options)
    const judge = (name: string, others: readonly number[], base: readonly number[]) => {
      const ratios = others.map((each, i) => each / (base[i] as number))
      const [ratio, { lower, upper }] = [median(ratios), medianInterval(ratios)]
      rows.push([
        name,
        median(base).toFixed(2),
        median(others).toFixed(2),
        ratio.toFixed(3),
        `${lower.toFixed(3)} to ${upper.toFixed(3)}`,
      ])
      return { ratio, upper }
    }
    const both = bare.map((each, i) => (each + (control[i] as number)) / 2)
    for (const [i, each] of compared.entries()) {
      const { ratio, upper } = judge(compared.length > 1 ? `${fleet.name}: ${i + 1}` : fleet.name, each, both)
      const { mostMedian, mostUpper } = fleet
      if (mostMedian !== undefined)
        verdicts.push({ goal: `${fleet.name}: median at most ${mostMedian}`, met: ratio <= mostMedian })
      if (mostUpper !== undefined)
        verdicts.push({ goal: `${fleet.name}: upper bound at most ${mostUpper}`, met: upper <= mostUpper })
    }
    judge('control: one without, by the other', control, bare)
    process.stderr.write(
      `${rows
        .slice(-compared.length - 1)
        .map((row) => row.join('  '))
        .join('\n')}\n`,
    )
  }
  return {
    title: 'CPU per request, by turns',
    how:
      `All servers of a row in one process, of which there are ${processes}, with two that have nothing: the mean of both is what it is compared with, and the one by the other is the control. After ${warmUp} requests each, ` +
      `${rounds} rounds in which each is asked ${slice} requests, in an order that changes from round to round; ${connections} ` +
      'keep-alive connections of one client process to each, one request at a time on each. CPU is `process.cpuUsage()` of ' +
      'the servers, user and system. The ratio is taken within a round; its interval is a 95 % bootstrap interval of the median.',
    head: ['server', 'without, µs', 'with, µs', 'ratio, median', 'interval'],
    rows,
    verdicts,
  }
}

/** Microseconds of CPU per request of each server, in each round of each process: two bare ones first. */
async function measureProcesses(load: Forked, fleet: Fleet, options: TurnsOptions): Promise<number[][]> {
  const spent: number[][] = ['bare', 'bare', ...fleet.equipments].map(() => [])
  for (let i = 0; i < options.processes; i++) {
    for (const [at, each] of (await measureFleet(load, fleet, options)).entries()) spent[at]?.push(...each)
  }
  return spent
}

async function measureFleet(
  load: Forked,
  { framework, equipments }: Fleet,
  { rounds, warmUp, slice, connections }: TurnsOptions,
): Promise<number[][]> {
  await using subject = new Forked('fleet-subject.js', {
    args: [framework, ['bare', 'bare', ...equipments].join(',')],
  })
  const ports = await subject.ask<number[]>('ports')
  const askFor = async (port: number, requests: number) => {
    const before = await subject.ask<NodeJS.CpuUsage>('cpu')
    await load.ask('ask', { port, requests })
    const after = await subject.ask<NodeJS.CpuUsage>('cpu')
    return (after.user + after.system - before.user - before.system) / requests
  }

  for (const port of ports) {
    await load.ask('connect', { port, count: connections, speak: false, protocol: framework })
  }
  for (let left = warmUp; left > 0; left -= slice) {
    for (const port of ports) await askFor(port, slice)
  }
  const spent = ports.map((): number[] => [])
  for (let i = 0; i < rounds; i++) {
    for (const [at] of ports.entries()) {
      // Each comes first as often as the others, and behind each of them.
      const turn = ((i % 2 === 0 ? at : ports.length - at) + i) % ports.length
      spent[turn]?.push(await askFor(ports[turn] as number, slice))
    }
  }
  for (const port of ports) await load.ask('close', { port })
  return spent
}
