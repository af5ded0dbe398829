import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'
import { WorkClient } from './work-client.js'

const clean = { code: 0, report: { clean: true, cut: [] } }
const patient = quick

const openSocket = (port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket))
    socket.on('error', reject)
  })

for (const [name, env] of [
  ['channelz on', {}],
  ['channelz off', { CHANNELZ: 'off' }],
  ['TLS', { TLS: 'on' }],
] as const) {
  const tls = 'TLS' in env

  describe.concurrent(`connections, ${name}`, { timeout: 120_000 }, () => {
    test('an idle client does not hold the process', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port, { tls })
      await client.answer()
      server.signal()
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(2500)
    })

    test('an open Watch does not hold the process', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port, { tls })
      const watch = client.watch('')
      await watch.atLeast(1)
      server.signal()
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(2500)
    })

    test('a socket that says nothing does not hold the process', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      const socket = await openSocket(server.port)
      await sleep(50)
      const closed = new Promise((resolve) => socket.resume().once('close', resolve))
      server.signal()
      await closed
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(2500)
    })

    test('during the window calls are served on old and on new channels', async () => {
      await using server = await startScenario('serve', { options: { ...patient, shutdownDelay: 2500 }, env })
      using old = new WorkClient(server.port, { tls })
      await old.answer()
      server.signal()
      await server.draining()
      for (let i = 0; i < 5; i++) {
        using fresh = new WorkClient(server.port, { tls })
        expect(await fresh.answer()).toEqual({ text: 'answer' })
        expect(await old.answer()).toEqual({ text: 'answer' })
      }
      expect(server.ownSinceSignal()).toBeLessThan(2500)
      expect(await server.exited()).toMatchObject(clean)
    })

    test('a server that was bound before it was attached is drained with the connections it had', async () => {
      await using server = await startScenario('serve', {
        options: patient,
        env: { ...env, ORDER: 'bind first' },
      })
      using client = new WorkClient(server.port, { tls })
      const slow = client.answer(1000)
      await sleep(100)
      server.signal()
      expect(await slow).toEqual({ text: 'answer' })
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(3000)
    })

    test('several ports are drained', async () => {
      await using server = await startScenario('serve', { options: patient, env: { ...env, PORTS: '3' } })
      const [ports] = server.said('ports') as number[][]
      const clients = (ports ?? []).map((port) => new WorkClient(port, { tls }))
      const answers = clients.map((client) => client.answer(1000))
      await sleep(150)
      server.signal()
      for (const answer of answers) expect(await answer).toEqual({ text: 'answer' })
      expect(await server.exited()).toMatchObject(clean)
      for (const client of clients) client[Symbol.dispose]()
    })
  })
}
