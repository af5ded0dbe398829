import { createSecureServer } from 'node:http2'
import { selfSigned, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const options = { ...selfSigned, allowHTTP1: true }
startStandardServer(lifecycle, createSecureServer(options, standardRoutes(lifecycle)))
