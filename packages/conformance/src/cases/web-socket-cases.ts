import { expect } from 'vitest'
import { brief, quick } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { holdByUpload } from '../held-upload.js'
import type { RawClient } from '../raw-client.js'
import type { BehaviourCase } from '../server-under-test.js'

/** Close frames as a server writes them: unmasked, with the code and its name (RFC 6455 §5.5.1). */
const goingAway = '\x88\x0c\x03\xe9Going Away'

/** A WebSocket on this connection that is written and read by hand: it answers nothing by itself. */
async function upgrade(client: RawClient): Promise<void> {
  void client.request('GET', '/ws', {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
    },
  })
  await client.receives('101 Switching')
}

async function rawWebSocket(server: ForkedServer): Promise<RawClient> {
  const client = await server.connect()
  await upgrade(client)
  return client
}

export const webSocketCases: readonly BehaviourCase[] = [
  {
    name: 'A8: WebSocket connections get a close frame and are counted, and in the window they are served as ever',
    needs: 'websocket',
    async run(subject) {
      const shutdownDelay = 3000
      await using server = await startServer(subject, {
        options: { ...quick, shutdownDelay },
      })
      const old = await Promise.all([server.webSocket(), server.webSocket(), server.webSocket()])
      server.signal()
      await server.draining()
      const late = await server.webSocket()
      await Promise.all([late.echoes('who is there?'), old[0].echoes('and now?')])
      expect([...old, late].some(({ hasEnded }) => hasEnded)).toBe(false)
      for (const { closed } of [...old, late]) {
        expect(await closed).toMatchObject({ code: 1001, reason: 'Going Away' })
      }
      expect(server.sinceSignal()).toBeGreaterThan(shutdownDelay - 20)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.report.connections).toEqual({ websocket: 4 })
      expect(exit.ownMs).toBeLessThan(shutdownDelay + 1500)
    },
  },
  {
    name: 'WebSockets are told 1012 where that is asked for',
    needs: 'websocket',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...quick, webSocketCloseCode: 1012 } })
      const client = await server.webSocket()
      server.signal()
      expect(await client.closed).toMatchObject({ code: 1012, reason: 'Service Restart' })
      expect(await server.exited()).toMatchObject({ code: 0, report: { connections: { websocket: 1 } } })
    },
  },
  {
    name: 'an application that listens to the signal says goodbye on its WebSockets before they are closed',
    needs: 'websocket',
    async run(subject) {
      for (const shutdownDelay of [300, 0]) {
        await using server = await startServer(subject, { options: { ...quick, shutdownDelay } })
        const client = await server.webSocket('/ws/goodbye')
        server.signal()
        expect(await client.closed).toMatchObject({ code: 1001 })
        expect(client.messages).toEqual(['goodbye'])
        expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      }
    },
  },
  {
    name: 'messages that were sent before the close frame reach a slow reader whole',
    needs: 'websocket',
    async run(subject) {
      // The patience with a client: once all is in the kernel nobody can see how far that has got, and the machine may be busy.
      const linger = 5000
      await using server = await startServer(subject, { options: { ...quick, linger } })
      const client = await server.webSocket('/ws/big?mb=20')
      const silent = await rawWebSocket(server)
      client.socket.send('now')
      client.socket.pause()
      await server.line('sent')
      server.signal()
      // It is slower than the patience with one that has read its close frame and does not answer.
      await silent.closed
      client.socket.resume()
      expect(await client.closed).toMatchObject({ code: 1001 })
      expect(client.messages).toEqual(Array.from({ length: 20 }, () => 2 ** 20))
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [], connections: { websocket: 2 } } })
    },
  },
  {
    name: 'a WebSocket whose client never answers the close frame is ended soon, and is not cut',
    needs: 'websocket',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await rawWebSocket(server)
      server.signal()
      await client.receives(goingAway)
      const toldAt = performance.now()
      await client.closed
      const patience = performance.now() - toldAt
      expect(patience).toBeGreaterThan(500)
      expect(patience).toBeLessThan(1800 + server.withheld())
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [], connections: { websocket: 1 } } })
    },
  },
  {
    name: 'a WebSocket with messages for a client that never reads is ended at the cutoff, and is not cut',
    needs: 'websocket',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.webSocket('/ws/big?mb=20')
      client.socket.send('now')
      client.socket.pause()
      await server.line('sent')
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [], connections: { websocket: 1 } } })
      // Long behind the patience with one who has got all; how long the hooks' slice is depends on the adapter.
      expect(exit.ms).toBeGreaterThan(brief.gracePeriod / 2)
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
    },
  },
  {
    name: 'a WebSocket that comes on an open connection when the window is over is told to go at once',
    needs: 'websocket',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      await client.get('/fast')
      const release = await holdByUpload(server)
      server.signal()
      await server.refusing()
      await upgrade(client)
      await client.receives(goingAway)
      await release()
      // The same frame from the client, masked with zeros.
      await client.send(Buffer.from('888c00000000', 'hex'))
      await client.send(Buffer.from(goingAway.slice(2), 'latin1'))
      expect(await client.closed).toBe('fin')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [], connections: { websocket: 1 } } })
    },
  },
]
