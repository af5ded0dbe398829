import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { observe, say, sayListening, standardRoutes, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const routes = standardRoutes(lifecycle)
const [http, http2, late] = [createServer(routes), createHttp2Server(routes), createHttp2Server(routes)]
observe(lifecycle)
lifecycle.attach(http).attach(http2)
lifecycle.onDrain(() => lifecycle.attach(late))

const listening = [http, http2, late].map(
  (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port))),
)
say({ ports: await Promise.all(listening) })
void lifecycle.ready()
void sayListening(lifecycle, http.address().port)
