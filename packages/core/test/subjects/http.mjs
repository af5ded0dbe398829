import { createServer } from 'node:http'
import {
  serveWebSockets,
  standardRoutes,
  startStandardServer,
  testOptions,
} from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
serveWebSockets(lifecycle, startStandardServer(lifecycle, createServer(standardRoutes(lifecycle))))
