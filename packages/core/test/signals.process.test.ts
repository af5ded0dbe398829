import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { quick, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

describe.concurrent('signals', { timeout: 120_000 }, () => {
  test('a foreign SIGTERM handler is warned about with its source, if it is left to run at the signal', async () => {
    const options = { ...quick, otherHandlers: 'leave' as const }
    await using server = await startScenario('foreign-signal-handler', { options })
    await server.until(
      () => server.output.includes('foreign-signal-handler.mjs'),
      3000,
      'no warning with the source of the handler',
    )
    expect(server.output).toMatch(/SIGTERM/)
  })

  test('a keepAliveTimeout of 5 s is warned about behind a balancer, and not on a terminal', async () => {
    const warned = async (platform: string) => {
      await using server = await startScenario('keep-alive-of-5-s', { options: { ...quick, platform } })
      server.signal()
      // Everything that it printed has come by then.
      await server.exited()
      return server.output.split('\n').filter((line) => line.includes('set server.keepAliveTimeout above'))
        .length
    }
    expect([await warned('kubernetes'), await warned('terminal')]).toEqual([1, 0])
  })

  test('SIGTERM, then SIGINT much later, forces with 130', async () => {
    await using server = await startScenario('restarted-by-watch', { options: quick })
    const client = await server.connect()
    void client.request('GET', '/hang')
    await server.line('hanging')
    server.signal('SIGTERM')
    await sleep(900)
    server.signal('SIGINT')
    expect(await server.exited()).toMatchObject({ code: 130, signal: null })
  })

  const watchers: [string, string[]][] = [
    ['node --watch', ['--watch']],
    ['tsx watch', [fileURLToPath(import.meta.resolve('tsx/cli')), 'watch']],
  ]
  for (const [watcher, nodeArguments] of watchers) {
    test(`${watcher} restarts after what is in flight has been answered`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'lameduck-watch-'))
      const entry = join(folder, 'entry.mjs')
      const scenario = new URL('scenarios/restarted-by-watch.mjs', import.meta.url)
      await writeFile(entry, `import ${JSON.stringify(scenario.href)}\n`)
      try {
        const options = { ...quick, platform: 'terminal', shutdownDelay: 0 }
        await using server = await startScript(pathToFileURL(entry), { options, nodeArguments })
        await server.line('ready')
        const client = await server.connect()
        const slow = client.get('/slow?ms=900')
        await sleep(150)
        await writeFile(entry, `import ${JSON.stringify(scenario.href)} // changed\n`)
        expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
        await server.until(() => server.said('listening').length === 2, 8000, 'not restarted')
        const successor = await server.connect(server.said('listening')[1] as number)
        expect((await successor.get('/fast')).text).toBe('fast')
        expect(server.said('report')).toEqual([expect.objectContaining({ clean: true })])
        server.signal('SIGTERM')
        await server.exited()
      } finally {
        await rm(folder, { recursive: true })
      }
    })
  }
})
