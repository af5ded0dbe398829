import { createServer } from 'node:http2'
import { standardStreams, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const server = createServer({ settings: { enableConnectProtocol: true } })
server.on('stream', standardStreams(lifecycle))
startStandardServer(lifecycle, server)
