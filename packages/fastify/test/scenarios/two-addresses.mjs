// A localhost with two addresses, as most machines have with ::1: Fastify opens a server for each.
import dns from 'node:dns'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const { lookup } = dns
dns.lookup = (host, options, done) => {
  if (host !== 'localhost' || options?.all !== true) return lookup(host, options, done)
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
  process.nextTick(done, null, addresses)
}
const app = Fastify()
await app.register(graceful, testOptions())
observe(app.lifecycle)
app.addHook('onClose', async () => say({ event: 'onClose' }))
app.get('/fast', async () => 'fast')
app.get('/slow', async ({ query, raw }) => {
  await sleep(Number(query.ms))
  say({ event: `answered on ${raw.socket.localAddress}` })
  return 'slow'
})
await app.listen({ port: 0, host: 'localhost' })
say({ addresses: app.addresses().map(({ address }) => address) })
sayListening(app.lifecycle, app.server.address().port)
