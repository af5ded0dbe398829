import { createServer } from 'node:http'
import { observe, standardRoutes, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const server = createServer(standardRoutes(lifecycle))
lifecycle.attach(server)
server.listen(Number(process.env.PORT), '127.0.0.1', () => lifecycle.ready())
