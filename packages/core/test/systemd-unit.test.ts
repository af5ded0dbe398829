import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesIn, killModeOf } from '../src/process/systemd-unit.js'

function killMode(files: Record<string, string>, cgroup = '0::/system.slice/shop.service') {
  const texts: Record<string, string> = { '/proc/self/cgroup': cgroup, ...files }
  const list = (folder: string) =>
    Object.keys(texts).flatMap((path) =>
      path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
    )
  return killModeOf((path) => texts[path] ?? '', list)
}

test('a unit that says nothing, or cannot be read, is told as a whole', () => {
  expect(killMode({})).toBe('control-group')
  expect(killMode({ '/etc/systemd/system/shop.service': '[Service]\nExecStart=sh run.sh\n' })).toBe(
    'control-group',
  )
  expect(
    killMode({ '/etc/systemd/system/shop.service': 'KillMode=mixed' }, '0::/user.slice/session-2.scope'),
  ).toBe('control-group')
})

test('a unit says whom it tells, in the file that wins', () => {
  const shipped = { '/lib/systemd/system/shop.service': '[Service]\nKillMode=process\n' }
  expect(killMode(shipped)).toBe('process')
  expect(
    killMode({ ...shipped, '/etc/systemd/system/shop.service': '[Service]\n  KillMode = mixed\n' }),
  ).toBe('mixed')
  expect(killMode({ ...shipped, '/etc/systemd/system/shop.service': '[Service]\n' })).toBe('control-group')
})

test('an addition to a unit wins, and units may be made from a template, on control groups of both versions', () => {
  const files = {
    '/etc/systemd/system/shop@.service': '[Service]\nKillMode=control-group\n',
    '/etc/systemd/system/shop@.service.d/10-stop.conf': '[Service]\nKillMode=mixed\n',
  }
  expect(killMode(files, '1:name=systemd:/system.slice/system-shop.slice/shop@2.service\n0::/')).toBe('mixed')
})

test('a folder that is not there has no files, and others have theirs in order', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lameduck-unit-'))
  for (const name of ['b', 'a']) writeFileSync(join(folder, name), '')
  expect(filesIn(folder)).toEqual(['a', 'b'])
  rmSync(folder, { recursive: true })
  expect(filesIn(folder)).toEqual([])
})
