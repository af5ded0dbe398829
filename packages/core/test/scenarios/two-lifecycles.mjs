import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

let database = 'open'
const first = createLifecycle(testOptions())
first.onStop('database', () => {
  say({ hook: 'first' })
  database = 'closed'
})
await first.ready()
const second = createLifecycle(testOptions())
second.onStop('cache', () => say({ hook: 'second' }))
const handler = async (_, response) => {
  await sleep(1500)
  response.end(database)
}
startStandardServer(second, createServer(handler))
say({ listeners: process.listenerCount('SIGTERM') })
