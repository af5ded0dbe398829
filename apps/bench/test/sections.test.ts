import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { renderSection } from '../src/section.js'
import { writeMeasurements } from '../src/write-measurements.js'

async function temporary(name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lameduck-bench-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, name)
}

test('a section is a heading, a table and its goals', () => {
  const section = { title: 'Title', how: 'How.', head: ['a', 'long'], rows: [['1', '2']] }
  const verdicts = [
    { goal: 'at most 1', met: true },
    { goal: 'at most 2', met: false },
  ]
  expect(renderSection({ ...section, verdicts })).toBe(
    '## Title\n\nHow.\n\n| a   | long |\n| --- | ---- |\n| 1   | 2    |\n\n- met: at most 1\n- **missed**: at most 2',
  )
})

const section = (title: string, how: string) => ({ title, how, head: ['a'], rows: [['1']], verdicts: [] })

test('a page that is not there yet is begun; written twice, it has the last figures only', async () => {
  const path = await temporary('measurements.md')
  await writeMeasurements(path, [section('CPU', 'first')])
  await writeMeasurements(path, [section('CPU', 'second')])
  const page = await readFile(path, 'utf8')
  expect(page).toMatch(/^# Measurements\n/)
  expect(page).toMatch(/<!-- bench:begin -->\n\n## CPU\n\nsecond\n[\s\S]*\n\n<!-- bench:end -->/)
  expect(page).not.toContain('first')
})

test('what is measured anew takes its own place, what is new the last, and the rest stays, with what is said of it', async () => {
  const path = await temporary('page.md')
  const page = async () => (await readFile(path, 'utf8')).match(/^(## .*|[a-z]{3,})$/gm)
  await writeFile(
    path,
    '<!-- bench:begin -->\nsaid\n\n## CPU\n\nold\n\n## CPU more\n\nold\n<!-- bench:end -->',
  )
  await writeMeasurements(path, [section('Idle', 'new'), section('CPU', 'new')])
  expect(await page()).toEqual(['said', '## CPU', 'new', '## CPU more', 'old', '## Idle', 'new'])
  await writeMeasurements(path, [
    section('CPU more', 'new'),
    section('CPU', 'newer'),
    section('Idle', 'newer'),
  ])
  expect(await page()).toEqual(['## CPU', 'newer', '## CPU more', 'new', '## Idle', 'newer'])
})

test('a page without markers is left alone', async () => {
  const path = await temporary('page.md')
  await writeFile(path, 'prose')
  await expect(writeMeasurements(path, [section('CPU', 'figures')])).rejects.toThrow(
    'expected <!-- bench:begin -->',
  )
  expect(await readFile(path, 'utf8')).toBe('prose')
})
