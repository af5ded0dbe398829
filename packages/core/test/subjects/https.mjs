import { createServer } from 'node:https'
import {
  selfSigned,
  serveWebSockets,
  standardRoutes,
  startStandardServer,
  testOptions,
} from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
serveWebSockets(
  lifecycle,
  startStandardServer(lifecycle, createServer(selfSigned, standardRoutes(lifecycle))),
)
