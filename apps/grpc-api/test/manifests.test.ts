import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const deployment = readFileSync(new URL('../k8s/deployment.yaml', import.meta.url), 'utf8')

function numberAfter(pattern: string, text = deployment): number {
  const found = text.match(new RegExp(`${pattern}\\D*(\\d+)`))?.[1]
  expect(found, pattern).toBeDefined()
  return Number(found)
}

test('lameduck is told the grace period that the pod has', () => {
  const seconds = numberAfter('terminationGracePeriodSeconds:')
  expect(numberAfter('LAMEDUCK_GRACE_PERIOD, value:')).toBe(seconds * 1000)
  expect(deployment).not.toContain('preStop:')
})

test('unreadiness is noticed within the shortest lame-duck window', () => {
  const readiness = deployment.slice(
    deployment.indexOf('readinessProbe'),
    deployment.indexOf('livenessProbe'),
  )
  const noticed = numberAfter('periodSeconds:', readiness) * numberAfter('failureThreshold:', readiness)
  expect(noticed).toBeLessThan(5)
})

test('every probe asks for its own service, on the port that the container has', () => {
  const services = { startup: 'startup', readiness: 'readiness', liveness: 'liveness' }
  for (const [probe, service] of Object.entries(services)) {
    expect(deployment).toMatch(new RegExp(`${probe}Probe:\\s+grpc: { port: 50051, service: ${service} }`))
  }
  expect(numberAfter('containerPort:')).toBe(50051)
})

test('a roll-out never goes below the wanted number of replicas', () => {
  expect(numberAfter('maxSurge:')).toBe(1)
  expect(numberAfter('maxUnavailable:')).toBe(0)
})
