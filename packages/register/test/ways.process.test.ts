import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ForkedServer } from '@lameduck/conformance'
import { nodeVersions } from '@lameduck/node-versions'
import { processManagers } from '@lameduck/process-managers'
import { describe, expect, test } from 'vitest'
import { drains, logged, startHost } from './drained.js'

const name = '@lameduck/register'
const viaOptions = { NODE_OPTIONS: `--import ${name}` }

describe.concurrent('the preload drains', () => {
  const ways: readonly [how: string, file: string, nodeArguments: string[], env?: Record<string, string>][] =
    [
      ['an ESM entry by --require', 'node-http.mjs', ['--require', name]],
      ['a CommonJS entry by --require', 'node-http.cjs', ['--require', name]],
      ['an ESM entry by NODE_OPTIONS', 'node-http.mjs', [], viaOptions],
      ['twice, by both', 'node-http.mjs', ['--require', name, '--import', name], viaOptions],
      ['TypeScript by tsx in front of it', 'typescript.ts', ['--import', 'tsx', '--import', name]],
      ['TypeScript by tsx behind it', 'typescript.ts', ['--import', name, '--import', 'tsx']],
      [
        'with an inspector and source maps',
        'node-http.mjs',
        ['--inspect=0', '--enable-source-maps', '--import', name],
      ],
      ['the workers of a cluster', 'cluster.mjs', [], viaOptions],
    ]
  for (const [how, file, nodeArguments, env = {}] of ways) {
    test(how, async () => {
      await using server = await startHost(file, { nodeArguments, env })
      await drains(server)
      expect(server.stderr.match(/lameduck drains/g)).toHaveLength(1)
    })
  }

  test('not what a worker thread serves', async () => {
    await using server = await startHost('beside-a-thread.mjs')
    const { thread, handlers } = await server.line('thread')
    expect(handlers).toBe(0)
    expect(await (await server.connect(thread as number)).get('/readyz')).toMatchObject({ text: 'thread' })
    await drains(server)
    expect(server.stderr.match(/lameduck drains/g)).toHaveLength(1)
  })
})

describe.concurrent.each(nodeVersions())('on Node $version', ({ binary, version }) => {
  test('the preload drains', async () => {
    await using server = await startHost('node-http.cjs', { node: binary })
    await drains(server)
  })

  test("the preload drains TypeScript by Node's own means", async ({ skip }) => {
    if (Number(version.slice(1, 3)) < 22) skip(`${version} runs no TypeScript`)
    await using server = await startHost('typescript.ts', { node: binary })
    await drains(server)
  })
})

test('a process that is restarted by --watch ends in order, at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lameduck-watched-'))
  const entry = pathToFileURL(join(folder, 'entry.mjs'))
  const write = (change: number) =>
    writeFileSync(entry, `await import('${new URL('hosts/node-http.mjs', import.meta.url)}') // ${change}\n`)
  write(0)
  try {
    const env = { LAMEDUCK_PLATFORM: '', LAMEDUCK_SHUTDOWN_DELAY: '', LAMEDUCK_LINGER: '' }
    await using server = await startHost(entry, { nodeArguments: ['--watch', '--import', name], env })
    // The watcher may not have looked at the file before it changes for the first time.
    for (let change = 1; !server.stderr.includes('"stopped"'); change++) {
      write(change)
      await sleep(300)
    }
    await server.until(
      () => /lameduck drains.*"stopped".*lameduck drains/s.test(server.stderr),
      60_000,
      'restart',
    )
    expect(server.said('closed')).toContain(true)
    const stopped = logged(server).find(({ step }) => step === 'stopped')
    expect(stopped).toMatchObject({ report: { clean: true, hooks: [{ outcome: 'done' }] } })
    expect(server.stderr).toContain('lameduck drains port')
    expect(server.stderr).toContain('terminal, window 0 ms, linger 0 ms')
    server.signal()
    await server.exited()
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('a process that PM2 manages ends in order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lameduck-pm2-'))
  const script = fileURLToPath(new URL('hosts/node-http.mjs', import.meta.url))
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const application = { name: 'host', script, cwd, node_args: `--import ${name}`, kill_timeout: 30_000 }
  const file = join(folder, 'ecosystem.config.cjs')
  writeFileSync(file, `module.exports = ${JSON.stringify({ apps: [application] })}`)
  try {
    await using server = new ForkedServer(new URL('pm2-runtime', pathToFileURL(processManagers.pm2)), {
      scriptArguments: ['start', file],
      env: { PM2_HOME: join(folder, 'home') },
    })
    server.port = Number((await server.line('listening'))['listening'])
    await server.until(() => server.output.includes('lameduck drains'), 60_000, 'nothing drains')
    const [slow, other] = [await server.connect(), await server.connect()]
    const answered = slow.get('/slow')
    await server.line('asked')
    server.signal('SIGINT')
    await server.until(() => server.output.includes('"step":"draining"'), 60_000, 'no signal is heard')
    await other.get('/release')
    expect(await answered).toMatchObject({ status: 200, text: 'slow' })
    await server.exited()
    expect(server.output).toContain('exited with code [0]')
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
