import { Agent, request } from 'node:http'
import { connect } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersIn, connectRaw, get } from './raw-client.js'
import { bad, good, type Scene } from './scene.js'

const clients = 40
const thinkTime = 20

interface Answered {
  readonly status: number | undefined
}

function post(agent: Agent, port: number): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/received' },
      (response) => {
        response.resume()
        response.once('end', () => resolve({ status: response.statusCode }))
        response.once('error', reject)
      },
    )
    asked.once('error', reject)
    asked.end('x')
  })
}

/** Longer than a client takes that had no room in the kernel's queue: it tries again after a second, and is refused. */
const connectingAnew = 2500

/** A client that does not pause for long, until it is refused: then another server would have served it. */
async function keepAsking(port: number): Promise<'refused' | 'lost'> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (;;) {
    try {
      const { status } = await post(agent, port)
      if (status !== 200) return 'lost'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'lost'
    }
    await sleep(Math.random() * thinkTime)
  }
}

/** What becomes of clients that keep their connections. */
export const clientScenes: readonly Scene[] = [
  {
    title: `${clients} clients that keep posting on kept-alive connections`,
    async play({ port, stop, exit }) {
      const asking = Promise.all(Array.from({ length: clients }, () => keepAsking(port)))
      await sleep(500)
      stop()
      const gone = exit()
      const ended = await Promise.race([asking, gone.then(() => undefined)])
      const results = ended ?? (await Promise.race([asking, sleep(connectingAnew)]))
      if (!results) return bad('served without end')
      const lost = results.filter((result) => result === 'lost').length
      return lost === 0 ? good('0 lost') : bad(`${lost} of ${clients} lost one`)
    },
  },
  {
    title: 'a new connection 100 ms after SIGTERM',
    async play({ port, stop }) {
      stop()
      await sleep(100)
      const client = await connectRaw(port).catch(() => undefined)
      if (client === undefined) return bad('refused')
      client.write(get('/'))
      await Promise.race([client.ended, sleep(500)])
      return answersIn(client.text) === 1 ? good('served') : bad(`${client.end}, no answer`)
    },
  },
  {
    title: '`/readyz` 100 ms after SIGTERM',
    async play({ port, stop }) {
      const client = await connectRaw(port)
      client.write(get('/readyz'))
      await sleep(50)
      stop()
      await sleep(50)
      const late = await connectRaw(port).catch(() => undefined)
      if (late === undefined) return bad('refused')
      late.write(get('/readyz'))
      await Promise.race([late.ended, sleep(500)])
      const status = /^HTTP\/1\.1 (\d+)/.exec(late.text)?.[1]
      return status === '503' ? good('503') : bad(status ?? late.end)
    },
  },
  {
    title: 'HTTP/2: a stream in flight (1 s)',
    framework: 'http2',
    async play({ port, begun, stop, exit }) {
      const session = connect(`http://127.0.0.1:${port}`)
      let toldToGo = false
      session.on('goaway', () => {
        toldToGo = true
      })
      session.on('error', () => {})
      const stream = session.request({ ':path': '/second' })
      let body = ''
      stream.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      stream.on('error', () => {})
      await begun()
      stop()
      const gone = await exit()
      session.destroy()
      const said = toldToGo ? 'GOAWAY' : 'no GOAWAY'
      if (!body.endsWith('}')) return bad(`killed, ${said}`)
      return gone === undefined ? bad(`answered, ${said}, never exits`) : good(`answered, ${said}`)
    },
  },
]
