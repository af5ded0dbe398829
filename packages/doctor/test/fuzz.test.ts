import { expect, test } from 'vitest'
import { drawTimelines } from '../src/budget/draw.js'
import { renderSvg } from '../src/budget/svg.js'
import { timelinesOf } from '../src/budget/timeline.js'
import { changesOf, renderDiff } from '../src/fix/apply-edits.js'
import { examine, filesOf } from '../src/index.js'
import { renderGithub } from '../src/output/github.js'
import { renderJson } from '../src/output/json.js'
import { plain } from '../src/output/paint.js'
import { renderSarif } from '../src/output/sarif.js'
import { renderText } from '../src/output/text.js'
import { cases } from './cases/all.js'
import { monsters } from './monsters.js'

// LAMEDUCK_FUZZ_RUNS=10000 npx vitest run fuzz: the long version, which says which input was the slowest.
const runs = Number(process.env['LAMEDUCK_FUZZ_RUNS'] ?? 400)
const seed = Number(process.env['LAMEDUCK_FUZZ_SEED'] ?? 1)

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function seeded(from: number): () => number {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How long each input may take: processor time, which other processes of the machine do not lengthen. */
const limit = 2000

/** The processor time of a call, in ms. */
function processorTime(call: () => void): number {
  const before = process.cpuUsage()
  call()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

type Random = () => number
const below = (random: Random, limit: number) => Math.floor(random() * limit)
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T

const inputs = Object.values(cases).flatMap((list) => list.map(({ files }) => files))

const pieces = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty: 1',
  '{{ .Values.x }}',
  '$'.concat('{X:-1}'),
  '- ',
  ': ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '`',
  '\\',
  '|',
  '>',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!js/function ',
  '---\n',
  '...\n',
  '\t',
  '\r\n',
  '\uFEFF',
  '\0',
  '\u2028',
  '😀',
  '#',
  '%YAML 9.9\n',
  '? ',
  '~',
  '1e999',
  '-1',
  '.nan',
  '0x10',
  '9'.repeat(400),
  'a'.repeat(5000),
  ' '.repeat(300),
  '\n'.repeat(200),
  'FROM ',
  'FROM node\nCMD ',
  '<<EOF\n',
  'ENTRYPOINT [',
  '--',
  '$@',
  '$(',
  '$'.concat('{'),
  '&&',
  ';;',
  'exec ',
  'sh -c ',
  'npm run ',
  'doctor-ignore K01',
  '# doctor-ignore __proto__ -- x\n',
  'infinity',
  '-5s',
  '100%',
  'null',
  'containers: ',
  'kind: List\nitems: ',
]

/** One change of a text. */
const mutations: readonly ((text: string, random: Random) => string)[] = [
  (text, random) =>
    text.slice(0, below(random, text.length)) + pick(random, pieces) + text.slice(below(random, text.length)),
  (text, random) => {
    const at = below(random, text.length)
    return text.slice(0, at) + pick(random, pieces) + text.slice(at)
  },
  (text, random) => text.slice(0, below(random, text.length)),
  (text, random) => {
    const lines = text.split('\n')
    const [from, to] = [below(random, lines.length), below(random, lines.length)]
    lines.splice(to, 0, ...lines.splice(from, 1))
    return lines.join('\n')
  },
  (text, random) => {
    const lines = text.split('\n')
    lines[below(random, lines.length)] =
      `${' '.repeat(below(random, 20))}${lines[below(random, lines.length)]?.trim() ?? ''}`
    return lines.join('\n')
  },
  (text, random) => text.replace(/: ?[^\n]*/, () => `: ${pick(random, pieces)}`),
  (text, random) => text + text.slice(below(random, text.length)),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\uFEFF${text}`,
  (text) => text.replaceAll('  ', '\t'),
]

function mutate(files: Readonly<Record<string, string>>, random: Random): Record<string, string> {
  const changed = Object.entries(files).map(([name, text]) => {
    let after = text
    for (let i = below(random, 4); i >= 0; i--) after = pick(random, mutations)(after, random)
    return [name, after] as const
  })
  return Object.fromEntries(changed)
}

/** Does with files all that the command could. */
function useAll(files: Readonly<Record<string, string>>) {
  const input = filesOf(files)
  const options = { longestRequest: 20_000, kubernetes: [1, 29] as const, all: true }
  const { findings, summary, project } = examine(input, options)
  const timelines = timelinesOf(project)
  for (const text of [
    renderText(findings, summary, plain),
    renderJson(findings, summary),
    renderSarif(findings, '0.0.0'),
    renderGithub(findings, summary),
    drawTimelines(timelines, plain),
    renderSvg(timelines),
    renderDiff(changesOf(findings, input, options)),
  ])
    expect(typeof text).toBe('string')
  for (const { place, message } of findings) {
    expect(place.line).toBeGreaterThan(0)
    expect(place.column).toBeGreaterThan(0)
    expect(message).not.toMatch(/\bNaN\b|\bundefined\b|\[object/)
  }
  return { findings, summary }
}

test(`${runs} broken inputs are found something about, or not, and never more than that`, {
  timeout: 3_600_000,
}, () => {
  const random = seeded(seed)
  let slowest = { time: 0, input: '' }
  for (let i = 0; i < runs; i++) {
    const files = mutate(pick(random, inputs), random)
    try {
      const time = processorTime(() => useAll(files))
      if (time > slowest.time) slowest = { time, input: `${i}` }
    } catch (error) {
      throw new Error(`input ${i} of seed ${seed}: ${JSON.stringify(files)}`, { cause: error })
    }
  }
  if (runs > 1000) console.log(`slowest: input ${slowest.input}, ${Math.round(slowest.time)} ms`)
  expect(slowest.time, `input ${slowest.input} of seed ${seed}`).toBeLessThan(limit)
})

test.each(Object.entries(monsters))(
  '%s: a finding, an unknown or nothing, in time',
  { timeout: 60_000 },
  (name, files) => {
    const time = processorTime(() => expect(useAll(files).summary.files).toBeGreaterThanOrEqual(0))
    if (runs > 1000) console.log(`${name}: ${Math.round(time)} ms`)
    expect(time).toBeLessThan(limit)
  },
)

test('keys of a prototype change nothing', () => {
  useAll(monsters['prototype keys'] ?? {})
  expect(({} as Record<string, unknown>)['replicas']).toBeUndefined()
  expect(({} as Record<string, unknown>)['scripts']).toBeUndefined()
})
