import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { RawClient } from '@lameduck/conformance'
import { describe, expect, test, vi } from 'vitest'
import type { LifecycleOptions } from '../src/options/options.js'
import { noProbes } from '../src/probes/probe-responder.js'
import { startProbeServer } from '../src/probes/probe-server.js'
import { resolveProbes } from '../src/probes/probes.js'
import { createRealTimeLifecycle, freePort } from './in-process.js'

/** A lifecycle whose probes have a port of their own. */
async function withProbePort(options: LifecycleOptions = {}) {
  const port = await freePort()
  const made = createRealTimeLifecycle({ probes: { port, host: '127.0.0.1' }, ...options })
  const connectToProbes = async (): Promise<RawClient> => {
    try {
      return await RawClient.connect({ port })
    } catch {
      return await new Promise((resolve) => setImmediate(() => resolve(connectToProbes())))
    }
  }
  return { ...made, port, client: await connectToProbes() }
}

describe('the server of the probes', () => {
  test('goes on after an error that does not end it, and says so', async () => {
    const events = { listening: vi.fn(), failed: vi.fn(), warn: vi.fn() }
    const port = await freePort()
    const server = startProbeServer(noProbes, resolveProbes({ port, host: '127.0.0.1' }), events)
    await once(server, 'listening')
    server.emit('error', new Error('no descriptors left'))
    expect(events.failed).not.toHaveBeenCalled()
    expect(events.warn.mock.calls).toEqual([[expect.stringMatching(/goes on: no descriptors left$/)]])

    // Every address there is: one is taken.
    const second = startProbeServer(noProbes, resolveProbes({ port }), events)
    await once(second, 'error')
    expect(String(events.failed.mock.calls[0]?.[0])).toMatch(/cannot listen on port \d+, .*EADDRINUSE/)
    server.close()
  })

  test('answers while starting, ready, draining and stopped, and is left to the end of the process (C1)', async () => {
    const { lifecycle, signal, report, client } = await withProbePort()
    const said = async (path: string) => (await client.get(path)).status
    expect(await said('/readyz')).toBe(503)
    expect(await said('/startupz')).toBe(503)
    await lifecycle.ready()
    expect(await said('/readyz')).toBe(200)
    const release = lifecycle.hold('work')
    signal()
    expect(await said('/readyz')).toBe(503)
    expect(await said('/livez')).toBe(200)
    release()
    await report
    expect(await said('/readyz')).toBe(503)
    expect(await said('/livez')).toBe(200)
    client.destroy()
  })

  test('closes with the lifecycle where the process goes on', async () => {
    const { lifecycle, port, client } = await withProbePort()
    await lifecycle.stop()
    expect(await client.closed).not.toBe('local')
    const refused = connect(port, '127.0.0.1')
    expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
  })

  test('names the checks, and knows nothing else', async () => {
    const { lifecycle, client } = await withProbePort()
    lifecycle.check('db', () => true)
    lifecycle.check('cache', () => false)
    await lifecycle.ready()
    expect((await client.get('/readyz?verbose')).text).toBe(
      '[+]db ok\n[-]cache failed\nreadyz check failed\n',
    )
    expect((await client.get('/livez?verbose')).text).toBe('livez check passed\n')
    expect((await client.get('/readyz/db')).status).toBe(200)
    expect((await client.get('/readyz/nothing')).status).toBe(404)
    expect((await client.get('/')).status).toBe(404)
    expect((await client.ask('POST', '/readyz')).status).toBe(404)
    client.destroy()
    await lifecycle.stop()
  })

  test('ends the process with 1 if it cannot listen, and says so', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { lifecycle, report } = createRealTimeLifecycle({ probes: { port, host: '127.0.0.1' } })
    const failed = new Promise((resolve) => lifecycle.on('startupFinished', resolve))
    expect(await failed).toMatchObject({
      name: 'probe server',
      outcome: 'failed',
      error: { code: 'PROBES_PORT_UNUSABLE', cause: { code: 'EADDRINUSE' } },
    })
    expect(await report).toMatchObject({ reason: 'startup task "probe server" failed', exitCode: 1 })
    taken.close()
  })

  test.each([
    [
      'an address that is not its own',
      { port: 1, host: '203.0.113.1' },
      /port 1 of 203\.0\.113\.1.*may listen on/,
    ],
    [
      'a host that has no address',
      { port: 1, host: 'nowhere.invalid' },
      /port 1 of nowhere\.invalid.*may listen on/,
    ],
  ])('says what to give instead of %s', async (_what, probes, message) => {
    const { lifecycle, report } = createRealTimeLifecycle({ probes })
    const failed = new Promise<unknown>((resolve) =>
      lifecycle.on('startupFinished', ({ error }) => resolve(error)),
    )
    expect(String(await failed)).toMatch(message)
    await report
  })
})
