// Does by hand what a drain needs: health red, serve on for a window, then no new calls, finish, leave.
import { createGreeter } from './greeter.mjs'

const { server, health, bind } = createGreeter()
process.on('SIGTERM', () => {
  health.setStatus('readiness', 'NOT_SERVING')
  setTimeout(() => server.tryShutdown(() => process.exit(0)), 2500)
})
await bind(process.env.PORT, process.env.HOST)
