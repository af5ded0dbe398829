import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('first', () => say({ hook: 'first' }))
lifecycle.onStop('second', () => {
  say({ hook: 'second' })
  throw new Error('the pool is stuck')
})
lifecycle.onStop('third', async () => {
  say({ hook: 'third' })
  throw new Error('rejected')
})
lifecycle.onStop('fourth', () => say({ hook: 'fourth' }))
