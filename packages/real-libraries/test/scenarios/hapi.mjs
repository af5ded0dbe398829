// hapi, stopped the way its users stop it: server.stop() among the last things.
import Hapi from '@hapi/hapi'
import { testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { closeInHook, follow, patience, slowAnswer } from './begin.mjs'

const lifecycle = createLifecycle(testOptions())
const server = Hapi.server({ port: 0, host: '127.0.0.1' })
server.route({ method: 'GET', path: '/slow', handler: slowAnswer })
lifecycle.attach(server.listener)
closeInHook(lifecycle, () => server.stop({ timeout: patience }))
await server.start()
await lifecycle.ready()
follow(lifecycle, server.listener)
