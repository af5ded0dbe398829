import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersIn, connectRaw, get, type RawClient, watch } from './raw-client.js'
import { bad, good, type Outcome, patience, type Scene } from './scene.js'

const bigBody = 64 * 1024 * 1024

/** Waits until `is` holds, or the connection is over. */
async function until(client: RawClient, is: () => boolean): Promise<void> {
  const end = performance.now() + patience
  while (!is() && client.end === 'open' && performance.now() < end) await sleep(10)
}

function judgeAnswer(client: RawClient): Outcome {
  if (answersIn(client.text) === 0)
    return bad(client.end === 'open' ? 'no answer' : `${client.end}, no answer`)
  return /connection: close/i.test(client.text) ? good('answered, close') : good('answered, keep-alive')
}

/** What becomes of requests that have begun to arrive. */
export const requestScenes: readonly Scene[] = [
  {
    title: 'a request in flight (1 s)',
    async play({ port, begun, stop }) {
      const client = await connectRaw(port)
      client.write(get('/second'))
      await begun()
      stop()
      await until(client, () => client.text.includes('}'))
      return judgeAnswer(client)
    },
  },
  {
    title: '64 MB `end()`ed, slow reader',
    async play({ port, begun, stop }) {
      const client = await connectRaw(port)
      client.write(get('/big'))
      await begun()
      client.socket.pause()
      await sleep(100)
      stop()
      await sleep(500)
      client.socket.resume()
      await until(client, () => client.received > bigBody)
      await Promise.race([client.ended, sleep(200)])
      return client.received > bigBody
        ? good('whole')
        : bad(`truncated at ${(client.received / 1e6).toFixed(1)} MB`)
    },
  },
  {
    title: 'an upload in progress',
    async play({ port, begun, stop }) {
      const client = await connectRaw(port)
      client.write('POST /received HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n')
      for (let sent = 0; sent < 10; sent++) {
        if (sent === 3) {
          await begun()
          stop()
        }
        client.write('x')
        await sleep(50)
      }
      await until(client, () => client.text.endsWith('10'))
      return judgeAnswer(client)
    },
  },
  {
    title: 'two pipelined requests',
    async play({ port, begun, stop }) {
      const client = await connectRaw(port)
      client.write(get('/second') + get('/'))
      await begun(2)
      stop()
      await until(client, () => answersIn(client.text) === 2)
      const answered = answersIn(client.text)
      return answered === 2 ? good('both answered') : bad(`${answered} of 2 answered`)
    },
  },
  {
    title: 'half a head, the rest 200 ms later',
    async play({ port, stop }) {
      const client = await connectRaw(port)
      client.write('GET / HTTP/1.1\r\nHo')
      await sleep(100)
      stop()
      await sleep(200)
      client.write('st: localhost\r\n\r\n')
      await until(client, () => client.text.includes('}'))
      return judgeAnswer(client)
    },
  },
  {
    title: '50 connections not accepted yet',
    async play({ port, subject, stop }) {
      await subject.ask('block', 300)
      await sleep(50)
      const clients = Array.from({ length: 50 }, () => watch(connect({ port, host: '127.0.0.1' })))
      for (const client of clients) client.write(get('/'))
      await sleep(50)
      stop()
      await Promise.all(clients.map((client) => until(client, () => client.text.includes('}'))))
      const answered = clients.filter(({ text }) => answersIn(text) === 1).length
      return answered === 50 ? good('all answered') : bad(`${50 - answered} of 50 lost`)
    },
  },
]
