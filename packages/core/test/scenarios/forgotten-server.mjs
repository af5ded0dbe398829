import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { echoUpgrades, observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const { forget, neverReady, ...options } = testOptions()
const lifecycle = createLifecycle(options)
const servers = {
  http: () => createServer((_, res) => res.end('ok')),
  http2: () => createHttp2Server((_, res) => res.end('ok')),
  tcp: () => createTcpServer(),
  unix: () => createServer(),
}
const make = async (kind) => {
  const server = servers[kind]()
  if (kind === 'unix') server.listen(join(tmpdir(), `lameduck-${process.pid}.sock`))
  else server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

observe(lifecycle)
lifecycle.on('warning', ({ message }) => say({ warned: message }))
const server = await make('http')
// What is not warned about.
server.keepAliveTimeout = 72_000
echoUpgrades(server, lifecycle)
lifecycle.attach(server)
for (const kind of forget ?? []) await make(kind)
if (!neverReady) await lifecycle.ready()
void sayListening(lifecycle, server.address().port)
