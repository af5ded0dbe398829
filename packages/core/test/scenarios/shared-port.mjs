import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { ask, askAsItCloses } from './as-it-closes.mjs'

/** Servers on one port, each with a queue of its own. */
async function listenTogether(count) {
  const servers = []
  let port = 0
  for (let i = 0; i < count; i++) {
    const server = createServer((_request, response) => response.end(i === 0 ? 'leaver' : 'sibling'))
    server.listen({ host: '127.0.0.1', port, reusePort: true })
    await once(server, 'listening')
    port = server.address().port
    servers.push(server)
  }
  return servers
}

async function portsThatLeadTo(who, { port }, count) {
  const ports = []
  while (ports.length < count) {
    const { text, from } = await ask(port)
    if (text === who) ports.push(from)
  }
  return ports
}

if (cluster.isPrimary && process.env.IN_A_WORKER) {
  cluster.fork()
} else {
  const [leaver] = await listenTogether(8)
  const lifecycle = createLifecycle(testOptions())
  lifecycle.attach(leaver)
  await lifecycle.ready()
  const answers = await askAsItCloses(leaver, await portsThatLeadTo('leaver', leaver.address(), 3))
  let seen = 0
  leaver.on('connection', () => seen++)
  await lifecycle.stop()
  say({ answers: await answers(), seen })
  process.exit()
}
