import { createSecureServer } from 'node:http2'
import { selfSigned, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createSecureServer(selfSigned, standardRoutes(lifecycle)))
