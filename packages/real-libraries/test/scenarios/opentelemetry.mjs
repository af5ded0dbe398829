// OpenTelemetry as its documentation starts it, and shuts it down at the signal.
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { api, NodeSDK } from '@opentelemetry/sdk-node'
import { serveQuickAndSlow } from './begin.mjs'

const exporter = {
  export(spans, done) {
    for (const { name } of spans) say({ span: name })
    done({ code: 0 })
  },
  shutdown: async () => say({ theirs: true }),
}
const sdk = new NodeSDK({ traceExporter: exporter })
sdk.start()
process.on('SIGTERM', () => {
  sdk
    .shutdown()
    .catch((error) => say({ error: String(error) }))
    .finally(() => process.exit(0))
})
const lifecycle = createLifecycle(testOptions())
const tracer = api.trace.getTracer('test')
serveQuickAndSlow(lifecycle, (path, answer) =>
  tracer.startActiveSpan(path, async (span) => {
    const text = await answer()
    span.end()
    return text
  }),
)
