import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quick, startServer } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { forkScenario } from './scenarios/start-scenario.js'

const subject = {
  name: 'node:http',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
} as const

describe.concurrent('while starting', { timeout: 120_000 }, () => {
  test('SIGTERM is heard before anything listens, and a server that does not listen yet never will', async () => {
    await using server = forkScenario('starting-before-listening', { options: quick })
    expect(await server.line('starting')).toEqual({ starting: 1 })
    server.signal()
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, signal: null, report: { clean: true, signal: 'SIGTERM' } })
    expect(server.said('listening')).toEqual([])
  })

  test('SIGTERM needs no window and finishes what is in flight', async () => {
    const options = { ...quick, shutdownDelay: 4000 }
    await using server = await startServer(subject, { options, startup: 10_000 })
    const client = await server.connect()
    const slow = client.get('/slow?ms=800')
    await sleep(100)
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true } })
    expect(exit.ownMs).toBeLessThan(3000)
  })

  test('an exception ends the process at once, with its stack and the Node version', async () => {
    await using server = forkScenario('starting-crash', { options: quick })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 1, signal: null })
    expect(exit.stderr).toMatch(/Error: no configuration\s+at /)
    expect(exit.stderr).toMatch(/Node\.js v\d+/)
  })

  test('an address in use ends the process with 1 and says so', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    try {
      const PORT = String((taken.address() as AddressInfo).port)
      await using server = forkScenario('address-in-use', { options: quick, env: { PORT } })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, signal: null })
      expect(exit.stderr).toContain('EADDRINUSE')
    } finally {
      taken.close()
    }
  })
})
