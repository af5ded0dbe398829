import { createServer } from 'node:http'
import { standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { watchEventLoop } from './watch-event-loop.mjs'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer({ keepAliveTimeout: 60_000 }, standardRoutes(lifecycle)))
watchEventLoop(lifecycle)
