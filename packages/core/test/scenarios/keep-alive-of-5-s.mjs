import { createServer } from 'node:http'
import { standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const server = createServer(standardRoutes(lifecycle))
startStandardServer(lifecycle, server)
// What Node itself sets, up to 26 at least.
server.keepAliveTimeout = 5000
