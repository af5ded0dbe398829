import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ForkedServer, freePorts, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { drains, logged, startHost } from './drained.js'

const nodeArguments = ['--import', '@lameduck/register']
const fork = (file: string, env: Record<string, string>) =>
  new ForkedServer(new URL(file, import.meta.url), { nodeArguments, env })

describe.concurrent('a value that cannot be used', () => {
  const wrong: [env: Record<string, string>, line: RegExp][] = [
    [
      { LAMEDUCK_LINGER: '5 s' },
      /^lameduck: LAMEDUCK_LINGER: expected .*, got "5 s" \(ENVIRONMENT_INVALID\)\n$/,
    ],
    [
      { LAMEDUCK_LATE: 'maybe' },
      /^lameduck: LAMEDUCK_LATE: expected .*, got "maybe" \(ENVIRONMENT_INVALID\)\n$/,
    ],
    [
      { LAMEDUCK_PORTS: 'http' },
      /^lameduck: LAMEDUCK_PORTS: expected .*, got "http" \(ENVIRONMENT_INVALID\)\n$/,
    ],
    [
      { LAMEDUCK_HOOK_BUDGET: '1h' },
      /^lameduck: 3600000 \(LAMEDUCK_HOOK_BUDGET\) .* \(OPTIONS_DO_NOT_FIT\)\n$/,
    ],
  ]
  for (const [env, line] of wrong) {
    test(`ends the process with one line and exit code 1 when it listens: ${JSON.stringify(env)}`, async () => {
      await using server = fork('hosts/ignores.mjs', env)
      const { code, stderr } = await server.exited()
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(line) })
    })

    test(`is not seen in a process that never listens: ${JSON.stringify(env)}`, async () => {
      await using server = fork('applications/never-listens.mjs', env)
      const { code, stderr } = await server.exited()
      expect({ code, stderr }).toEqual({ code: 7, stderr: '' })
    })
  }
})

describe.concurrent('of several servers', () => {
  const start = async (env: Record<string, string>) => {
    const [exporter, application] = (await freePorts(2)).map(String) as [string, string]
    const named = Object.entries(env).map(([name, value]) => [
      name,
      value.replace('EXPORTER', exporter).replace('APPLICATION', application),
    ])
    const server = fork('applications/several-servers.mjs', {
      LAMEDUCK_PLATFORM: 'kubernetes',
      LAMEDUCK_SHUTDOWN_DELAY: '4s',
      LAMEDUCK_LINGER: '300ms',
      EXPORTER: exporter,
      APPLICATION: application,
      ...Object.fromEntries(named),
    })
    const readiness = async (port: string) =>
      (await (await server.connect(Number(port))).get('/readyz')).status
    const says = (text: string) => server.until(() => server.stderr.includes(text), 60_000, `no "${text}"`)
    return { server, readiness, says, exporter, application }
  }

  test('the first makes the process ready, and all drain together', async () => {
    const { server: started, readiness, says, exporter } = await start({})
    await using server = started
    await says(`lameduck drains port ${exporter} on SIGTERM`)
    expect(await readiness(exporter)).toBe(200)
    server.child.kill('SIGUSR2')
    server.port = Number((await server.line('listening'))['listening'])
    await drains(server, undefined, { closes: false })
    expect(server.stderr.match(/lameduck drains/g)).toHaveLength(1)
  })

  test('LAMEDUCK_PORTS names those that readiness waits for', async () => {
    const {
      server: started,
      readiness,
      says,
      exporter,
      application,
    } = await start({ LAMEDUCK_PORTS: 'APPLICATION,EXPORTER' })
    await using server = started
    await says(`lameduck drains port ${exporter} on SIGTERM`)
    await says(`; ready when port ${application} listens`)
    expect(await readiness(exporter)).toBe(503)
    server.child.kill('SIGUSR2')
    server.port = Number((await server.line('listening'))['listening'])
    await says('ready after')
    expect(await readiness(exporter)).toBe(200)
    await drains(server, undefined, { closes: false })
  })

  test('those on a Unix socket are left alone, unless they are named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lameduck-'))
    const path = join(folder, 'tool.sock')
    try {
      await using server = fork('applications/several-servers.mjs', {
        APPLICATION: path,
        LAMEDUCK_PLATFORM: 'none',
      })
      await server.line('listening')
      await sleep(300)
      expect(server.stderr).toBe('')
      server.signal()
      expect(await server.exited()).toMatchObject({ signal: 'SIGTERM' })
      rmSync(path)
      await using named = fork('applications/several-servers.mjs', {
        APPLICATION: path,
        LAMEDUCK_PORTS: path,
      })
      await named.until(() => named.stderr.includes(`lameduck drains ${path} on`), 60_000, 'not named')
      named.signal()
      expect(await named.exited()).toMatchObject({ code: 0 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe.concurrent('what is logged', () => {
  test('nothing, where the logger is off', async () => {
    await using server = await startScript(new URL('hosts/node-http.mjs', import.meta.url), {
      nodeArguments,
      env: { LAMEDUCK_LOGGER: 'false', LAMEDUCK_SHUTDOWN_DELAY: '0' },
    })
    server.signal()
    const { code, stderr } = await server.exited()
    expect({ code, stderr, closed: server.said('closed') }).toEqual({ code: 0, stderr: '', closed: [true] })
  })

  test('one line when the first server listens, with the plan, and the report at the end', async () => {
    await using server = await startHost('ignores.mjs', { env: { LAMEDUCK_SHUTDOWN_DELAY: '1s' } })
    expect(logged(server).filter(({ level }) => level === 'info')).toEqual([
      expect.objectContaining({
        level: 'info',
        plan: expect.objectContaining({
          platform: 'kubernetes',
          window: { min: 1000, max: 1000, adaptive: false },
        }),
        msg: expect.stringMatching(
          new RegExp(
            `^lameduck drains port ${server.port} on SIGTERM: kubernetes, window 1000 ms, linger 300 ms, cutoff after \\d+ ms, gone after 28000 ms$`,
          ),
        ),
      }),
    ])
    server.signal()
    await server.exited()
    expect(logged(server).at(-1)).toMatchObject({
      step: 'stopped',
      report: { reason: 'SIGTERM', clean: true },
    })
  })

  test('a variable that does not exist, with the nearest that does', async () => {
    await using server = await startHost('ignores.mjs', {
      env: { LAMEDUCK_HOOK_BUGDET: '1', LAMEDUCK_HOOK_BUDGET: '1s' },
    })
    await server.until(() => server.stderr.includes('unknown variable'), 60_000, 'no warning')
    const warnings = logged(server).filter(({ msg }) => String(msg).includes('unknown variable'))
    expect(warnings).toEqual([
      expect.objectContaining({
        msg: 'unknown variable LAMEDUCK_HOOK_BUGDET in the environment: did you mean LAMEDUCK_HOOK_BUDGET?',
      }),
    ])
  })

  test('a signal of its own', async () => {
    await using server = await startHost('ignores.mjs', {
      env: { LAMEDUCK_SIGNALS: 'SIGUSR2', LAMEDUCK_SHUTDOWN_DELAY: '0' },
    })
    expect(server.stderr).toContain(`lameduck drains port ${server.port} on SIGUSR2`)
    server.signal('SIGUSR2')
    expect(await server.exited()).toMatchObject({ code: 0 })
  })
})
