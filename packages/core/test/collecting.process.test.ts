import { quick, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

const script = new URL('scenarios/nobody-holds.mjs', import.meta.url)

describe('lifecycles that nobody holds', { timeout: 120_000 }, () => {
  test('drain what is in flight at a signal, tell their hooks and answer their probes', async () => {
    await using server = await startScript(script, { options: quick, nodeArguments: ['--expose-gc'] })
    expect((await server.line('canaries'))['canaries']).toBeLessThan(10)
    const ports = (await server.line('ports'))['ports'] as Record<string, number>

    const webSocket = await server.webSocket('/', ports['webSocket'])
    const whole = { status: 200, text: 'whole' }
    const answers = ['http', 'closed', 'handed'].map(async (kind) => {
      const client = await server.connect(ports[kind])
      expect(await client.get('/'), kind).toMatchObject({ ...whole, headers: { connection: 'close' } })
    })
    server.port = ports['http2'] ?? 0
    const session = await server.session()
    const stream = session.get('/')
    await server.until(() => server.said('handling').length === 4, 60_000, 'not all are handled')
    const probes = await server.connect(ports['probes'])
    expect(await probes.get('/readyz')).toMatchObject({ status: 200 })
    server.child.kill('SIGUSR2')
    await server.line('collected')

    server.signal()
    await server.draining()
    expect(await probes.get('/readyz')).toMatchObject({ status: 503 })
    await Promise.all(answers)
    expect(await stream).toMatchObject({ status: 200 })
    expect((await webSocket.closed).code).toBe(1001)
    expect(await server.exited()).toMatchObject({ code: 0, signal: null })
    const told = ['onStop', 'onDrain', 'on', 'signal', 'onDrain, no server', 'hold', 'startup']
    expect(server.said('told').sort()).toEqual(told.sort())
  })
})
