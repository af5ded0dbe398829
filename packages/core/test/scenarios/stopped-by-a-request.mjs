import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const routes = standardRoutes(lifecycle)
lifecycle.onStop('database', ({ reason }) => say({ hook: reason }))
startStandardServer(
  lifecycle,
  createServer(async (req, res) => {
    if (req.url !== '/stop') return routes(req, res)
    const { exitCode } = await lifecycle.stop({ reason: 'asked', exit: true, except: req })
    // The process may not leave before this.
    setTimeout(() => res.end(`stopped with ${exitCode}`), 200)
  }),
)
