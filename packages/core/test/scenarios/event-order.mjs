import { subscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

subscribe('lameduck', ({ event }) => say({ event }))
const lifecycle = createLifecycle(testOptions())
lifecycle.onStop('database', () => say({ event: 'the database is closed' }))
const server = startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
server.once('close', () => say({ event: 'the server is closed' }))
