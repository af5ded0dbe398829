import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle({ shutdownDelay: { min: 4000, max: 8000 }, linger: 4000 })
say({ plan: lifecycle.plan, pid: process.pid })
lifecycle.on('warning', ({ message }) => say({ warning: message }))
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
