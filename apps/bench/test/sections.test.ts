import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { renderSections } from '../src/section.js'
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
  expect(renderSections([{ ...section, verdicts }])).toBe(
    '## Title\n\nHow.\n\n| a   | long |\n| --- | ---- |\n| 1   | 2    |\n\n- met: at most 1\n- **missed**: at most 2',
  )
})

test('a page that is not there yet is begun; written twice, it has the last figures only', async () => {
  const path = await temporary('measurements.md')
  await writeMeasurements(path, 'first')
  await writeMeasurements(path, 'second')
  const page = await readFile(path, 'utf8')
  expect(page).toMatch(/^# Measurements\n/)
  expect(page).toContain('<!-- bench:begin -->\n\nsecond\n\n<!-- bench:end -->')
  expect(page).not.toContain('first')
})

test('a page without markers is left alone', async () => {
  const path = await temporary('page.md')
  await writeFile(path, 'prose')
  await expect(writeMeasurements(path, 'figures')).rejects.toThrow('expected <!-- bench:begin -->')
  expect(await readFile(path, 'utf8')).toBe('prose')
})
