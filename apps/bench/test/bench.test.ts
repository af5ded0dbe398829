import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Every section, and a row of each table that it writes. */
const sections = [
  ['turns', 'CPU per request, by turns', ['Fastify', 'control: one']],
  ['cpu', 'CPU per request', ['Fastify']],
  ['calls', 'CPU per gRPC call', ['grpc-js, unary']],
  ['exit', 'From the last response to the exit', ['Fastify with lameduck']],
  ['memory', 'Memory per idle connection', ['node:http with lameduck', 'node:http with terminus']],
  ['drain', 'Draining thousands of idle connections', ['idle, with requests on them']],
  [
    'idle',
    'What idle connections lose when they close',
    ['node:https with lameduck', 'node:http with a loop'],
  ],
  ['drains', 'The same drains with others', ['a request in flight']],
] as const

// It judges no figure: a busy machine would.
test.each(sections)(
  'a quick run of %s writes its section between the markers',
  async (name, title, rows) => {
    const directory = await mkdtemp(join(tmpdir(), 'lameduck-bench-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const output = join(directory, 'measurements.md')
    await writeFile(
      output,
      `before\n<!-- bench:begin -->\n## ${title}\n\nold figures\n<!-- bench:end -->\nafter\n`,
    )
    const more = name === 'turns' ? ['--fleet', 'Fastify'] : []
    await promisify(execFile)(process.execPath, [
      main,
      '--quick',
      '--only',
      name,
      ...more,
      '--output',
      output,
    ])
    const page = await readFile(output, 'utf8')
    expect(page).toMatch(/^before\n<!-- bench:begin -->\n/)
    expect(page).toMatch(/\n<!-- bench:end -->\nafter\n$/)
    expect(page.split(`## ${title}\n`)).toHaveLength(2)
    expect(page).not.toContain('old figures')
    for (const row of rows) expect(page).toMatch(new RegExp(`^\\| ${row}[^|]*\\| [\\w.]`, 'm'))
  },
  240_000,
)
