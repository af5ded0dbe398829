import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { runRehearse, startRehearse } from './run-rehearse.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'rehearse-readme-'))
afterAll(() => rmSync(folder, { recursive: true }))
copyFileSync(here('services/greeter.proto'), join(folder, 'greeter.proto'))

/** The mix files that the README shows. */
const examples = [...readFileSync(here('../README.md'), 'utf8').matchAll(/^```yaml\n(traffic:.*?)^```/gms)]
const example = (kind: string) => {
  const text = examples.map(([, yaml]) => yaml ?? '').find((yaml) => yaml.includes(`${kind}:`))
  if (text === undefined) throw new Error(`the README shows no mix file with ${kind}`)
  writeFileSync(join(folder, `${kind}.yaml`), text)
  return join(folder, `${kind}.yaml`)
}
const probes = ['--ready', 'grpc:readiness', '--live', 'grpc:liveness']

describe.concurrent('rehearse --mix', { timeout: 120_000 }, () => {
  test('a gRPC service that drains passes, with the example of the README', async () => {
    const { code, report } = await runRehearse('grpc-good', '--mix', example('grpc'), ...probes)
    expect(report.failures).toEqual([])
    expect(report.reasons).toEqual([])
    expect(report.totals.requests).toBeGreaterThan(200)
    expect(code).toBe(0)
    for (const replica of report.replicas) {
      expect(replica.livenessFailures).toEqual({ serving: 0, draining: 0 })
    }
    const drained = report.replicas.slice(0, 3)
    for (const { drainMs } of drained) expect(drainMs).toBeGreaterThan(2400)
    // A connection stays with its replica until that leaves, so some may get hardly any.
    expect(Math.max(...drained.map(({ requests }) => requests))).toBeGreaterThan(5)
  })

  test('a gRPC service that leaves at once loses calls, and the report says which and where', async () => {
    const mix = here('services/grpc-traffic.yaml')
    const { code, output, report } = await runRehearse('grpc-leaves-at-once', '--mix', mix, ...probes)
    expect(code).toBe(1)
    expect(report.totals.lost).toBeGreaterThan(0)
    expect(report.totals.lostByCause['status UNAVAILABLE']).toBeGreaterThan(0)
    expect(report.failures[0]).toMatchObject({
      method: 'gRPC',
      path: expect.stringMatching(/^\/greeter\.Greeter\/(Hello|CountDown)$/),
      replica: expect.stringMatching(/^r\d$/),
    })
    expect(output).toMatch(/status UNAVAILABLE: gRPC \/greeter/)
  })

  test('an HTTP service passes with the example of the README', async () => {
    const { code, report } = await runRehearse('good', '--mix', example('http'))
    expect(report.reasons).toEqual([])
    expect(report.totals.requests).toBeGreaterThan(200)
    expect(code).toBe(0)
  })

  test('a service without gRPC health is never ready, and the probe is named', async () => {
    const { report } = await runRehearse('good', ...probes, '--ready-timeout', '0.7')
    expect(report.reasons[0]).toMatch(/not ready within 0.7 s: grpc:readiness came to /)
  })

  test('a bad mix file exits 2 and says where', async () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(file, 'traffic:\n  - weight: 0.5\n    http: { path: / }\n')
    const { code, output } = await startRehearse('good', '--mix', file).ended
    expect(code).toBe(2)
    expect(output).toBe(
      `rehearse: ${file}:2: traffic[0].weight: expected a whole number from 1 to 1000, got 0.5\n`,
    )
  })
})

test('nothing of gRPC and YAML is loaded until it is used', () => {
  const loaded = (module: string): string[] => {
    const script = `
      await import(${JSON.stringify(new URL(`../dist/esm/${module}`, import.meta.url).href)})
      const { createRequire } = await import('node:module')
      const paths = Object.keys(createRequire(import.meta.url).cache)
      const found = ['@grpc/grpc-js', '@grpc/proto-loader', 'yaml'].filter((name) => paths.some((path) => path.includes('/node_modules/' + name + '/')))
      console.log(JSON.stringify(found))`
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
    )
  }
  expect(loaded('cli.js')).toEqual([])
  expect(loaded('mix/read-mix.js')).toEqual(['yaml'])
  expect(loaded('mix/grpc-kind.js')).toContain('@grpc/proto-loader')
  expect(loaded('grpc/channel.js')).toContain('@grpc/grpc-js')
})
