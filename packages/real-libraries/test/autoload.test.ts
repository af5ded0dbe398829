import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import autoload from '@fastify/autoload'
import { WebSocketClient } from '@lameduck/conformance'
import type {} from '@lameduck/fastify'
import Fastify from 'fastify'
import { expect, test } from 'vitest'

const dir = fileURLToPath(new URL('autoload', import.meta.url))

for (const options of [{}, { prefix: '/v1' }]) {
  test(`a folder that @fastify/autoload registers with ${JSON.stringify(options)} has the plugin, its probes and its WebSockets`, async () => {
    const app = Fastify()
    await app.register(autoload, { dir, options })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    expect(app.lifecycle.state).toBe('ready')
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    expect(await statusOf('/readyz')).toBe(200)
    const prefix = options.prefix ?? ''
    expect(await statusOf(`${prefix}/2-lifecycle/readyz`)).toBe(404)
    expect(await statusOf(`${prefix}/3-hello`)).toBe(200)
    const client = await WebSocketClient.open(`ws://127.0.0.1:${port}${prefix}/1-chat/ws`)
    await client.echoes('hello')
    const closed = once(app.server, 'close')
    await app.close()
    await closed
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect(await app.lifecycle.stop()).toMatchObject({ clean: true, connections: { websocket: 1 } })
  })
}
