import { setTimeout as sleep } from 'node:timers/promises'
import { connectRaw, get } from './raw-client.js'
import { judgeExit, type Scene } from './scene.js'

/** Longer than any of them needs, shorter than a forced end: so much for whoever has nothing to do. */
const soon = 2000
/** Everybody's time limit, and what it takes to obey it. */
const inTime = 5500

/** How long the process lives on. */
export const exitScenes: readonly Scene[] = [
  {
    title: 'exit with an idle kept-alive connection',
    async play({ port, begun, stop, exit }) {
      const client = await connectRaw(port)
      client.write(get('/'))
      await begun()
      stop()
      return judgeExit(await exit(), soon, `, ${client.end}`)
    },
  },
  {
    title: 'exit with a connection that never sends',
    async play({ port, stop, exit }) {
      await connectRaw(port)
      await sleep(50)
      stop()
      return judgeExit(await exit(), soon)
    },
  },
  {
    title: 'exit after a request in flight (1 s), kept-alive client',
    async play({ port, begun, stop, exit }) {
      const client = await connectRaw(port)
      client.write(get('/second'))
      await begun()
      stop()
      return judgeExit(await exit(), soon)
    },
  },
  {
    title: 'exit with an upgraded connection, limit 4 to 5 s',
    async play({ port, stop, exit }) {
      const client = await connectRaw(port)
      client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      await sleep(100)
      stop()
      const time = await exit()
      return judgeExit(time, inTime, `, ${client.end}`)
    },
  },
  {
    title: 'exit with a handler that never answers, limit 4 to 5 s',
    async play({ port, begun, stop, exit }) {
      const client = await connectRaw(port)
      client.write(get('/never'))
      await begun()
      stop()
      const time = await exit()
      await Promise.race([client.ended, sleep(100)])
      const status = /^HTTP\/1\.1 (\d+)/.exec(client.text)?.[1]
      return judgeExit(time, inTime, `, client got ${status ?? client.end}`)
    },
  },
]
