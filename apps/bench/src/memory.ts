import { peers } from './equipment.js'
import { Forked } from './forked.js'
import type { Section } from './section.js'
import { median } from './statistics.js'

const equipments = ['bare', 'lameduck', ...Object.keys(peers)]

/** Heap per idle keep-alive connection, with lameduck and without. */
export async function measureMemory(connections: number, runs: number): Promise<Section> {
  const heaps = new Map<string, number[]>(equipments.map((equipment) => [equipment, []]))
  for (let i = 0; i < runs; i++) {
    for (const [equipment, heap] of heaps) heap.push(await heapPerConnection(equipment, connections))
    process.stderr.write(`memory: run ${i + 1} of ${runs}\n`)
  }
  const heapOf = (equipment: string) => median(heaps.get(equipment) ?? [])
  const more = (equipment: string) => heapOf(equipment) - heapOf('bare')
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(2)
  return {
    title: 'Memory per idle connection',
    how:
      `${connections} keep-alive connections that have been served one request each; V8's used heap after garbage ` +
      `collection, less the heap before, for each connection; median of ${runs} fresh processes of each kind.`,
    head: ['server', 'heap, kB', 'more, kB'],
    rows: [
      ['node:http', kilobytes(heapOf('bare')), ''],
      ...equipments
        .slice(1)
        .map((each) => [`node:http with ${each}`, kilobytes(heapOf(each)), kilobytes(more(each))]),
    ],
    verdicts: [{ goal: 'at most 0.4 kB more', met: more('lameduck') <= 400 }],
  }
}

async function heapPerConnection(equipment: string, connections: number): Promise<number> {
  await using load = new Forked('load.js')
  await using subject = new Forked('subject.js', {
    args: ['http', equipment],
    nodeArguments: ['--expose-gc'],
  })
  const port = await subject.ask<number>('port')
  // What the first connections make once (compiled code, caches) is not the price of a connection.
  await load.ask('connect', { port, count: Math.ceil(connections / 10), speak: true })
  const before = await subject.ask<number>('heap')
  await load.ask('connect', { port, count: connections, speak: true })
  const after = await subject.ask<number>('heap')
  return (after - before) / connections
}
