import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runDoctor } from './run-doctor.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const apps = readdirSync(`${root}/apps`).filter((name) => name.endsWith('-api'))

test('the example services have zero findings, together', () => {
  const { code, out } = runDoctor(['apps', '--fail-on', 'unknown', '--format', 'json'], root)
  const { findings, summary } = JSON.parse(out) as {
    findings: unknown[]
    summary: { passed: number; leftOut: number }
  }
  expect(findings).toEqual([])
  expect(code).toBe(0)
  expect(summary.passed).toBeGreaterThan(10 * apps.length)
  expect(summary.leftOut).toBe(0)
})

test.each(apps)('%s has zero findings by itself', (app) => {
  const { findings } = JSON.parse(runDoctor([`apps/${app}`, '--format', 'json'], root).out) as {
    findings: unknown[]
  }
  expect(findings).toEqual([])
})
