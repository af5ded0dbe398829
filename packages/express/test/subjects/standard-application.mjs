// The standard routes behind an application that has the middleware first.
import {
  echoUpgrades,
  observe,
  sayListening,
  standardRoutes,
  testOptions,
} from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/express'

/** Starts what `express` makes; `listen` is how, as ever. */
export function startApplication(express, listen = (app, ...where) => app.listen(...where)) {
  const app = express()
  const lame = graceful(testOptions())
  observe(lame.lifecycle)
  app.use(lame)
  app.use(standardRoutes(lame.lifecycle))
  const server = listen(app, 0, '127.0.0.1', () => sayListening(lame.lifecycle, server.address().port))
  // Node's own 5 s are soon over on a busy machine.
  server.keepAliveTimeout = 60_000
  echoUpgrades(server, lame.lifecycle)
  return server
}
