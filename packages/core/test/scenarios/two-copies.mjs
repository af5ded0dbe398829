import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import * as imported from '@lameduck/core'

let database = 'open'
const required = createRequire(import.meta.url)('@lameduck/core')
const first = required.createLifecycle(testOptions())
first.onStop('database', () => {
  database = 'closed'
})
await first.ready()
const second = imported.createLifecycle(testOptions())
const handler = async (_, response) => {
  await sleep(1500)
  response.end(database)
}
startStandardServer(second, createServer(handler))
say({
  copies: required.createLifecycle !== imported.createLifecycle,
  listeners: process.listenerCount('SIGTERM'),
})
