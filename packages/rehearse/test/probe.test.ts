import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../src/free-port.js'
import { probe, probeText } from '../src/probe.js'
// @ts-expect-error: plain JavaScript, as the services are that use it
import { createGreeter } from './services/greeter.mjs'

test('a gRPC probe succeeds on SERVING, and on nothing else', async () => {
  const { server, health, bind } = createGreeter()
  onTestFinished(() => server.forceShutdown())
  const address = { host: '127.0.0.1', port: await bind(0) }
  const serving = { success: true, answered: true, detail: 'SERVING' }
  expect(await probe(address, 'grpc:readiness')).toEqual(serving)
  health.setStatus('readiness', 'NOT_SERVING')
  expect(await probe(address, 'grpc:readiness')).toEqual({
    ...serving,
    success: false,
    detail: 'NOT_SERVING',
  })
  expect(await probe(address, 'grpc:liveness')).toEqual(serving)
  expect(await probe(address, 'grpc:')).toMatchObject({ success: false, answered: true })
  health.setStatus('', 'SERVING')
  expect(await probe(address, 'grpc:')).toEqual(serving)
})

test('nobody listening is no answer', async () => {
  const address = { host: '127.0.0.1', port: await freePort('127.0.0.1') }
  const nobody = { success: false, answered: false }
  expect(await probe(address, 'grpc:readiness')).toMatchObject({
    ...nobody,
    detail: expect.stringMatching(/ECONNREFUSED/),
  })
  expect(await probe(address, '/readyz')).toEqual({ ...nobody, detail: 'ECONNREFUSED' })
})

test('people read what a probe does', () => {
  expect(['/readyz', 'grpc:readiness'].map(probeText)).toEqual(['GET /readyz', 'grpc:readiness'])
})
