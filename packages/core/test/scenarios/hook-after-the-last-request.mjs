import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

let database = 'open'
const lifecycle = createLifecycle(testOptions())
const handler = async (_, response) => {
  await sleep(900)
  say({ request: database })
  response.end(database)
}
startStandardServer(lifecycle, createServer(handler))
lifecycle.onStop('database', () => {
  database = 'closed'
  say({ hook: 'database' })
})
