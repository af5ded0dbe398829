// An application that takes part in the preload's lifecycle.
import { createRequire } from 'node:module'
import { say } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import { lifecycle } from '@lameduck/register'
import Fastify from 'fastify'
import { answer, listening } from '../hosts/answers.mjs'

const required = createRequire(import.meta.url)('@lameduck/register').lifecycle
say({ isSame: required === lifecycle, state: lifecycle.state, handlers: process.listenerCount('SIGTERM') })
lifecycle.onStop('own', () => say({ closed: true }))
lifecycle.check('own', () => ({ well: true }))
lifecycle.signal.addEventListener('abort', () => say({ aborted: true }))

if (process.env.WAY !== 'never listens') {
  const app = Fastify()
  if (process.env.WAY === 'with an adapter') await app.register(graceful, { lifecycle })
  app.get('/*', ({ url }) => answer(url))
  await app.listen({ port: 0, host: '127.0.0.1' })
  listening(app.server)
} else {
  say({ listening: 0 })
  setInterval(() => {}, 1000)
}
