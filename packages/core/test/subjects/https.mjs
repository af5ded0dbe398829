import { createServer } from 'node:https'
import { selfSigned, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(selfSigned, standardRoutes(lifecycle)))
