import { type EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test, vi } from 'vitest'

async function visit(server: Server): Promise<void> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await Promise.all([once(socket, 'connect'), once(server, 'connection')])
  socket.destroy()
}

/** Another copy of the module, as a bundler or a test runner makes one. */
async function copyOfDiscoverServers() {
  vi.resetModules()
  return (await import('../src/servers/discover-servers.js')).discoverServers
}

test('a server that listened before the import is found when somebody connects, once, by every copy of lameduck', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const found: [string, EventEmitter][] = []
  const first = await copyOfDiscoverServers()
  const stops = [first((each) => found.push(['first', each]))]
  const second = await copyOfDiscoverServers()
  expect(second).not.toBe(first)
  stops.push(second((each) => found.push(['second', each])))
  expect(found).toEqual([])
  await visit(server)
  expect(found).toEqual([
    ['first', server],
    ['second', server],
  ])
  await visit(server)
  expect(found).toHaveLength(2)
  for (const stop of stops) stop()
  server.close()
})
