// usage: main.js [--quick] [--only turns,cpu,calls,exit,memory,drain,idle,drains] [--output FILE]
//   [--pairs 31]: of cpu; [--rounds 20]: of turns and idle; [--fleet NAME]: of turns
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureByTurns } from './by-turns.js'
import { measureCallCpu, measureCpu } from './cpu.js'
import { measureDrainBlock } from './drain-block.js'
import { measureDrains } from './drains/measure-drains.js'
import { measureExitTime } from './exit-time.js'
import { measureIdleClose, measureManyIdle } from './idle-close.js'
import { measureMemory } from './memory.js'
import { renderSection, type Section } from './section.js'
import { writeMeasurements } from './write-measurements.js'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'turns,cpu,calls,exit,memory,drain,idle,drains' },
    fleet: { type: 'string' },
    pairs: { type: 'string', default: '31' },
    rounds: { type: 'string', default: '20' },
    output: { type: 'string' },
  },
})

const cpu = values.quick
  ? { pairs: 2, warmUp: 500, slice: 250, slices: 4, connections: 16 }
  : { pairs: Number(values.pairs), warmUp: 20_000, slice: 500, slices: 40, connections: 64 }

const turns = values.quick
  ? { processes: 1, rounds: 2, warmUp: 500, slice: 250, connections: 16 }
  : { processes: 5, rounds: Number(values.rounds), warmUp: 20_000, slice: 2000, connections: 64 }

/** gRPC servers differ twice as much from process to process, whatever they are equipped with. */
const callCpu = values.quick ? cpu : { ...cpu, pairs: 2 * cpu.pairs }

const measurements: Readonly<Record<string, () => Promise<Section | Section[]>>> = {
  turns: () => measureByTurns({ ...turns, only: values.fleet }),
  cpu: () => measureCpu(cpu),
  calls: () => measureCallCpu(callCpu),
  exit: () => measureExitTime(values.quick ? 1 : 40),
  memory: () => (values.quick ? measureMemory(200, 1) : measureMemory(5000, 5)),
  drain: () => (values.quick ? measureDrainBlock(500, 1) : measureDrainBlock(19_000, 5)),
  idle: async () => [
    await measureIdleClose(
      values.quick
        ? { connections: 40, rounds: 1, looks: 1 }
        : { connections: 300, rounds: Number(values.rounds), looks: 3 },
    ),
    await (values.quick ? measureManyIdle(500, 1) : measureManyIdle(19_000, 5)),
  ],
  drains: () => measureDrains(values.quick ? 1 : undefined),
}

const date = new Date().toISOString().slice(0, 10)
const machine = `${cpus()[0]?.model ?? process.arch}, ${availableParallelism()} cores`
const where = `Measured on ${date} with Node.js ${process.version} on ${process.platform} (${machine}).`

const sections: Section[] = []
for (const name of values.only.split(',')) {
  const measure = measurements[name]
  if (measure === undefined)
    throw new Error(`--only: expected ${Object.keys(measurements).join(', ')}, got ${name}`)
  const measured = [await measure()].flat()
  sections.push(...measured.map((section) => ({ ...section, how: `${section.how} ${where}` })))
}
console.log(sections.map(renderSection).join('\n\n'))

// Figures of a quick run say nothing.
const output =
  values.output ??
  (values.quick ? undefined : fileURLToPath(new URL('../../../docs/measurements.md', import.meta.url)))
if (output !== undefined) await writeMeasurements(output, sections)
