import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, createServer as createNet, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLifecycle } from '../src/index.js'
import { forgottenServers } from '../src/servers/forgotten.js'
import { temporaryFolder } from './temporary-folder.js'

test('servers of HTTP that listen on an address and that nobody attached are forgotten, others not', async () => {
  await using folder = await temporaryFolder()
  const [http, http2, attached, net, unix, closed] = [
    createHttp(),
    createHttp2(),
    createHttp(),
    createNet(),
    createHttp(),
    createHttp(),
  ]
  const lifecycle = createLifecycle({ signals: false, crash: false, logger: false }).attach(attached)
  const all: Server[] = [http, http2, attached, net, unix, closed]
  for (const server of all)
    server.listen(server === unix ? join(folder.path, 'socket') : { port: 0, host: '127.0.0.1' })
  await Promise.all(all.map((server) => server.listening || once(server, 'listening')))
  closed.close()
  const { port } = http.address() as AddressInfo
  const { port: port2 } = http2.address() as AddressInfo
  expect(forgottenServers().sort()).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port2}`].sort())
  http.address = () => ({ address: '::1', family: 'IPv6', port: 1 })
  expect(forgottenServers()).toContain('[::1]:1')
  await lifecycle.stop()
  for (const server of all) server.close()
})
