import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { RawClient } from '@lameduck/conformance'
import { expect, test } from 'vitest'
import { joinLifecycle } from '../src/adapters/join-lifecycle.js'
import { takeOver } from '../src/http/hand-over.js'
import { createRealTimeLifecycle } from './in-process.js'

test('upgraded sockets are offered while their server drains, until somebody takes them over', async () => {
  const { lifecycle, report, signal } = createRealTimeLifecycle({ shutdownDelay: 300, linger: 0 })
  const { findOwners } = joinLifecycle({ lifecycle })
  const server = createServer()
  const upgraded: Socket[] = []
  server.on('upgrade', (_request, socket: Socket) => {
    upgraded.push(socket)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\n')
  })
  lifecycle.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const open = async () => {
    const client = await RawClient.connect({ port: (server.address() as AddressInfo).port })
    void client.request('GET', '/', { headers: { Connection: 'Upgrade', Upgrade: 'own' } })
    await client.receives('101 Switching')
  }
  const offered: number[] = []
  const stop = findOwners((socket) => {
    const which = upgraded.indexOf(socket as Socket)
    offered.push(which)
    if (which === 0) takeOver(socket)
  })
  const forgotten = findOwners(() => offered.push(-1))
  forgotten()

  await open()
  expect(offered).toEqual([])
  signal()
  expect(offered).toEqual([0])
  await open()
  // Whoever has been taken over is not offered again; the other one is, when the listener closes.
  await expect.poll(() => offered).toEqual([0, 1, 1])
  for (const socket of upgraded) socket.destroy()
  expect(await report).toMatchObject({ clean: true, cut: [] })
  stop()
})
