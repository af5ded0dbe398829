// A service beside the error reporter that $REPORTER names, which sends to $COLLECTOR. `/throw`: an error nobody catches.
import { createServer, globalAgent } from 'node:http'
import { standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const collector = process.env['COLLECTOR']
let ask = () => {}

const reporters = {
  async sentry() {
    const Sentry = await import('@sentry/node')
    Sentry.init({ dsn: `http://key@${collector}/1` })
    ask = () => Sentry.captureMessage('held until the end')
  },
  async bugsnag() {
    const { default: Bugsnag } = await import('@bugsnag/js')
    const endpoints = { notify: `http://${collector}/notify`, sessions: `http://${collector}/sessions` }
    Bugsnag.start({ apiKey: '0123456789abcdef0123456789abcdef', endpoints, logger: null })
  },
  async honeybadger() {
    // It has no option for a port, and asks for the usual one.
    globalAgent.defaultPort = Number(collector.split(':')[1])
    const { default: Honeybadger } = await import('@honeybadger-io/js')
    Honeybadger.configure({ apiKey: 'key', endpoint: `http://${collector}`, reportData: true })
  },
  async posthog() {
    const { PostHog } = await import('posthog-node')
    new PostHog('key', { host: `http://${collector}`, enableExceptionAutocapture: true })
  },
}

await reporters[process.env['REPORTER']]()
const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('last', () => ask())
