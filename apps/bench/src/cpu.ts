import { peers } from './equipment.js'
import { Forked } from './forked.js'
import type { Section } from './section.js'
import { median, medianInterval } from './statistics.js'

/** How much to measure. */
export interface CpuOptions {
  readonly pairs: number
  /** Requests to every process before anything is measured. */
  readonly warmUp: number
  /** Requests in one slice: few, so that what else the machine does comes upon both alike. */
  readonly slice: number
  /** Slices of each process of a pair. */
  readonly slices: number
  readonly connections: number
}

interface Comparison {
  readonly name: string
  readonly framework: 'http' | 'http2' | 'fastify' | 'express'
  readonly equipment: string
  /** Others are measured less often: they have no goals. */
  readonly isPeer?: boolean
}

interface Pair {
  /** Microseconds of CPU per request. */
  readonly bare: number
  readonly compared: number
}

const comparisons: readonly Comparison[] = [
  { name: 'node:http', framework: 'http', equipment: 'lameduck' },
  { name: 'Fastify', framework: 'fastify', equipment: 'lameduck' },
  { name: 'Express', framework: 'express', equipment: 'lameduck' },
  { name: 'node:http2, compatibility API', framework: 'http2', equipment: 'lameduck' },
  { name: 'control: node:http twice without', framework: 'http', equipment: 'bare' },
  ...Object.keys(peers).map((name) => ({
    name: `node:http with ${name}`,
    framework: 'http' as const,
    equipment: name,
    isPeer: true,
  })),
]
/** So many of them are ours, and have goals. */
const ours = comparisons.filter(({ equipment }) => equipment === 'lameduck').length
/** One pair of a peer for so many of ours. */
const peerEvery = 3

/** CPU per request with lameduck, against the same server without. */
export async function measureCpu(options: CpuOptions): Promise<Section> {
  await using load = new Forked('load.js')
  const pairs: Pair[][] = comparisons.map(() => [])
  for (let i = 0; i < options.pairs; i++) {
    for (const [at, comparison] of comparisons.entries()) {
      if (comparison.isPeer && i % peerEvery > 0) continue
      pairs[at]?.push(await measurePair(load, comparison, i % 2 === 1, options))
    }
    process.stderr.write(`cpu: pair ${i + 1} of ${options.pairs}\n`)
  }
  const results = comparisons.map(({ name }, at) => ({ name, ...summarize(pairs[at] ?? []) }))
  return {
    title: 'CPU per request',
    how:
      `${options.pairs} pairs of fresh processes, one with lameduck and one without; after ${options.warmUp} requests each, ` +
      `${options.slices} slices of ${options.slice} requests each by turns, the order swapped from pair to pair; ` +
      `the others' libraries a third as often; ${options.connections} keep-alive connections of one client process, one request at a time on each. ` +
      'CPU is `process.cpuUsage()` of the server, user and system. The ratio is taken within a pair; its interval is a ' +
      '95 % bootstrap interval of the median. The control says how far apart two equal servers come out.',
    head: ['server', 'without, µs', 'with, µs', 'ratio, median', 'interval'],
    rows: results.map(({ name, bare, compared, ratio, lower, upper }) => [
      name,
      bare.toFixed(2),
      compared.toFixed(2),
      ratio.toFixed(3),
      `${lower.toFixed(3)} to ${upper.toFixed(3)}`,
    ]),
    verdicts: results.slice(0, ours).flatMap(({ name, ratio, upper }) => [
      { goal: `${name}: median at most 1.02`, met: ratio <= 1.02 },
      { goal: `${name}: upper bound at most 1.05`, met: upper <= 1.05 },
    ]),
  }
}

function summarize(pairs: readonly Pair[]) {
  const ratios = pairs.map(({ bare, compared }) => compared / bare)
  return {
    bare: median(pairs.map(({ bare }) => bare)),
    compared: median(pairs.map(({ compared }) => compared)),
    ratio: median(ratios),
    ...medianInterval(ratios),
  }
}

async function measurePair(
  load: Forked,
  { framework, equipment }: Comparison,
  isSwapped: boolean,
  { warmUp, slice, slices, connections }: CpuOptions,
): Promise<Pair> {
  await using bare = new Forked('subject.js', { args: [framework, 'bare'] })
  await using compared = new Forked('subject.js', { args: [framework, equipment] })
  const spent = new Map([bare, compared].map((subject) => [subject, 0]))
  const order = isSwapped ? [compared, bare] : [bare, compared]

  const askFor = async (subject: Forked, requests: number) => {
    const port = await subject.ask<number>('port')
    const before = await subject.ask<NodeJS.CpuUsage>('cpu')
    await load.ask('ask', { port, requests })
    const after = await subject.ask<NodeJS.CpuUsage>('cpu')
    return after.user + after.system - before.user - before.system
  }

  for (const subject of order) {
    await load.ask('connect', {
      port: await subject.ask('port'),
      count: connections,
      speak: false,
      protocol: framework,
    })
    await askFor(subject, warmUp)
  }
  for (let i = 0; i < slices; i++) {
    for (const subject of i % 2 === 0 ? order : order.toReversed()) {
      spent.set(subject, (spent.get(subject) ?? 0) + (await askFor(subject, slice)))
    }
  }
  for (const subject of order) await load.ask('close', { port: await subject.ask('port') })
  const perRequest = (subject: Forked) => (spent.get(subject) ?? 0) / (slice * slices)
  return { bare: perRequest(bare), compared: perRequest(compared) }
}
