import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

// It judges no figure: a busy machine would.
test('a quick run measures everything and writes it between the markers', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lameduck-bench-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const output = join(directory, 'measurements.md')
  await writeFile(
    output,
    'before\n<!-- bench:begin -->\n## CPU per request\n\nold figures\n<!-- bench:end -->\nafter\n',
  )
  await promisify(execFile)(process.execPath, [main, '--quick', '--output', output])
  const page = await readFile(output, 'utf8')
  expect(page).toMatch(/^before\n<!-- bench:begin -->\n/)
  expect(page).toMatch(/\n<!-- bench:end -->\nafter\n$/)
  expect(page).not.toContain('old figures')
  const figures = (name: string) => new RegExp(`^\\| ${name}(?: +\\| [\\d.]+)+`, 'm')
  for (const name of [
    'Fastify',
    'grpc-js, unary',
    'Fastify with lameduck',
    'node:http with lameduck',
    'idle, with requests on them',
    'node:https with lameduck',
    'node:http with a loop that closes each in a turn of its own',
    'node:http with terminus',
  ]) {
    expect(page).toMatch(figures(name))
  }
}, 240_000)
