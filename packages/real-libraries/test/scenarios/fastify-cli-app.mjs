// An application as the command generates it: a plugin, which has not got the server in hand.
import { say, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import { follow, slowAnswer } from './begin.mjs'

export default async function app(fastify, _options) {
  await fastify.register(graceful, testOptions())
  fastify.get('/', () => 'quick')
  fastify.get('/slow', slowAnswer)
  fastify.addHook('onClose', async () => say({ theirs: true }))
  fastify.addHook('onListen', async () => follow(fastify.lifecycle, fastify.server))
}
