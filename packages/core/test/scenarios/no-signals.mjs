import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle({ ...testOptions(), signals: false })
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
say({ listeners: ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal)) })
