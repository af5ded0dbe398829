import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
const release = lifecycle.hold('job 7')
const held = Number(process.env.HELD ?? 0)
lifecycle.onDrain(async () => {
  if (held === 0) return
  await sleep(held)
  say({ released: true })
  release()
  release()
})
