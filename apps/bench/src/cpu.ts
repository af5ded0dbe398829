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
  readonly framework: 'http' | 'http2' | 'fastify' | 'express' | 'grpc'
  readonly equipment: string
  /** Others are measured less often: they have no goals. */
  readonly isPeer?: boolean
}

interface Pair {
  /** Microseconds of CPU per request. */
  readonly bare: number
  readonly compared: number
}

/** Servers of one kind, and who asks them. */
interface Field {
  readonly title: string
  /** What is asked for. */
  readonly unit: 'request' | 'call'
  readonly load: string
  readonly subject: string
  readonly comparisons: readonly Comparison[]
  readonly asked: (connections: number) => string
  readonly mostMedian?: number
  readonly mostUpper: number
}

const requests: Field = {
  title: 'CPU per request',
  unit: 'request',
  load: 'load.js',
  subject: 'subject.js',
  comparisons: [
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
  ],
  asked: (connections) =>
    `the others' libraries a third as often; ${connections} keep-alive connections of one client process, one request at a time on each`,
  mostMedian: 1.02,
  mostUpper: 1.05,
}

const calls: Field = {
  title: 'CPU per gRPC call',
  unit: 'call',
  load: 'call-load.js',
  subject: 'call-subject.js',
  comparisons: [
    { name: 'grpc-js, unary', framework: 'grpc', equipment: 'lameduck' },
    { name: 'control: grpc-js twice without', framework: 'grpc', equipment: 'bare' },
  ],
  asked: (callers) => `${callers} callers on four channels of one client process, one call at a time each`,
  mostUpper: 1.05,
}

/** One pair of a peer for so many of ours. */
const peerEvery = 3

/** CPU per request with lameduck, against the same server without. */
export const measureCpu = (options: CpuOptions): Promise<Section> => measureField(requests, options)

/** CPU per unary gRPC call with the interceptor and the drain attached, against the same server without. */
export const measureCallCpu = (options: CpuOptions): Promise<Section> => measureField(calls, options)

async function measureField(field: Field, options: CpuOptions): Promise<Section> {
  const { title, unit, comparisons, asked, mostMedian, mostUpper } = field
  await using load = new Forked(field.load)
  const pairs: Pair[][] = comparisons.map(() => [])
  for (let i = 0; i < options.pairs; i++) {
    for (const [at, comparison] of comparisons.entries()) {
      if (comparison.isPeer && i % peerEvery > 0) continue
      pairs[at]?.push(await measurePair(load, field.subject, comparison, i % 2 === 1, options))
    }
    process.stderr.write(`${title}: pair ${i + 1} of ${options.pairs}\n`)
  }
  const results = comparisons.map(({ name }, at) => ({ name, ...summarize(pairs[at] ?? []) }))
  const ours = results.filter((_, at) => comparisons[at]?.equipment === 'lameduck')
  return {
    title,
    how:
      `${options.pairs} pairs of fresh processes, one with lameduck and one without; after ${options.warmUp} ${unit}s each, ` +
      `${options.slices} slices of ${options.slice} ${unit}s each by turns, the order swapped from pair to pair; ` +
      `${asked(options.connections)}. ` +
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
    verdicts: ours.flatMap(({ name, ratio, upper }) => [
      ...(mostMedian === undefined
        ? []
        : [{ goal: `${name}: median at most ${mostMedian}`, met: ratio <= mostMedian }]),
      { goal: `${name}: upper bound at most ${mostUpper}`, met: upper <= mostUpper },
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
  script: string,
  { framework, equipment }: Comparison,
  isSwapped: boolean,
  { warmUp, slice, slices, connections }: CpuOptions,
): Promise<Pair> {
  await using bare = new Forked(script, { args: [framework, 'bare'] })
  await using compared = new Forked(script, { args: [framework, equipment] })
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
