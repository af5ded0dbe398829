import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('first', () => say({ hook: 'first' }))
lifecycle.onStop('hanging', () => new Promise(() => say({ hook: 'hanging' })))
lifecycle.onStop('impatient', () => new Promise(() => say({ hook: 'impatient' })), { timeout: 100 })
