import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startUnderPm2 } from './scenarios/under-pm2.js'

interface Answer {
  readonly pid: number
  readonly plan: { readonly platform: string; readonly gracePeriod: number; readonly linger: number }
}

function ask(port: number, path = '/', agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path, agent: agent ?? false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject).on('end', () => resolve(JSON.parse(text)))
    })
    request.on('error', reject)
  })
}

/** The first answer of a service that is about to listen. */
async function firstAnswer(port: number): Promise<Answer> {
  for (const until = performance.now() + 20_000; ; await sleep(50)) {
    try {
      return await ask(port)
    } catch (error) {
      if (performance.now() > until) throw error
    }
  }
}

/** Clients with connections of their own that are kept alive, half of them mostly idle, until they are told to stop. */
function load(port: number) {
  const failures: string[] = []
  const pids = new Set<number>()
  let isOver = false
  let answers = 0
  const client = async (pause: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!isOver) {
      try {
        pids.add((await ask(port, '/?ms=5', agent)).pid)
        answers++
      } catch (error) {
        failures.push((error as NodeJS.ErrnoException).code ?? String(error))
        await sleep(20)
      }
      await sleep(pause)
    }
    agent.destroy()
  }
  const clients = Array.from({ length: 12 }, (_, i) => client(i % 2 === 0 ? 1 : 150))
  return {
    failures,
    pids,
    answered: () => answers,
    async stop() {
      isOver = true
      await Promise.all(clients)
    },
  }
}

describe('under PM2', { timeout: 120_000 }, () => {
  for (const script of ['managed.cjs', 'managed.mjs']) {
    test(`${script} starts in cluster mode, and a reload under load loses and refuses nothing`, async () => {
      await using service = await startUnderPm2(script, '-i', '2', '--kill-timeout', '30000')
      const { plan } = await firstAnswer(service.port)
      expect(plan).toMatchObject({ platform: 'pm2', gracePeriod: 30_000 })
      const clients = load(service.port)
      for (const _ of [1, 2]) await service.pm2('reload', 'all')
      const before = clients.answered()
      while (clients.answered() < before + 100) await sleep(20)
      await clients.stop()
      expect(clients.failures).toEqual([])
      expect(clients.pids.size).toBeGreaterThanOrEqual(4)
      await service.pm2('stop', 'all')
      expect(service.exits(), service.output()).toEqual(Array(6).fill('0'))
    })

    test(`${script} keeps its kill_timeout in fork mode: a request longer than PM2's usual 1.6 s is answered`, async () => {
      await using service = await startUnderPm2(script, '--kill-timeout', '15000', '--wait-ready')
      const { pid, plan } = await firstAnswer(service.port)
      expect(plan).toMatchObject({ platform: 'pm2', gracePeriod: 15_000 })
      const slow = ask(service.port, '/?ms=3000')
      await sleep(200)
      await service.pm2('reload', 'all')
      expect((await slow).pid).toBe(pid)
      expect((await firstAnswer(service.port)).pid).not.toBe(pid)
      await service.pm2('stop', 'all')
      expect(service.exits(), service.output()).toEqual(['0', '0'])
    })
  }

  test('its message leaves the time that a graceful reload waits, and its kill_timeout after that', async () => {
    await using service = await startUnderPm2('managed.mjs', '-i', '1', '--kill-timeout', '20000')
    const { pid } = await firstAnswer(service.port)
    const slow = ask(service.port, '/?ms=11000')
    await sleep(200)
    await service.softReload()
    expect((await slow).pid).toBe(pid)
    await service.pm2('stop', 'all')
    expect(service.exits(), service.output()).toEqual(['0', '0'])
  })
})
