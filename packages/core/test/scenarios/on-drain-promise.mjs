import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const unsubscribe = lifecycle.onDrain(() => say({ unsubscribed: false }))
unsubscribe()
lifecycle.onDrain(async () => {
  await sleep(1200)
  say({ deregistered: true })
  if (process.env.REJECT) throw new Error('the registry is down')
})
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
