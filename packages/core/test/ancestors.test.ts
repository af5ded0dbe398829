import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ancestorsFrom } from '../src/process/ancestors.js'

describe.skipIf(process.platform !== 'linux')('the processes above', () => {
  const above = ancestorsFrom(process.pid)

  test('are named by their command lines, nearest first', () => {
    expect(above[0]).toMatchObject({ pid: process.pid })
    expect(above[0]?.commandLine.join(' ')).toContain('node')
    expect(above[1]?.pid).toBe(process.ppid)
  })

  test('have files; what is no file, not there or far too long reads as nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lameduck-ancestors-'))
    const [script, long] = [join(folder, 'run.sh'), join(folder, 'long')]
    writeFileSync(script, 'exec node main.js')
    writeFileSync(long, 'x'.repeat(100_000))
    expect(above[0]?.readFile(script)).toBe('exec node main.js')
    expect(above[0]?.readFile('package.json')).toContain('@lameduck/core')
    for (const path of [long, folder, join(folder, 'nothing')]) expect(above[0]?.readFile(path)).toBe('')
    rmSync(folder, { recursive: true })
  })
})

test('nobody is above where there is no such process', () => {
  expect(ancestorsFrom(0)).toEqual([])
  expect(ancestorsFrom(-1)).toEqual([])
})
