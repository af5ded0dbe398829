// A service that has no SIGTERM handler leaves like this.
import { createServer } from 'node:http'
import { sayListening, standardRoutes, testPort } from '@lameduck/conformance/subject'

const never = new AbortController().signal
const server = createServer(standardRoutes({ signal: never, cutoff: never }))
server.listen(testPort(), '127.0.0.1', () => sayListening({ state: 'ready' }, server.address().port))
