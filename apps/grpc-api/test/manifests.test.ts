import { readFileSync } from 'node:fs'
import { checkManifests } from '@lameduck/example-kit/testing'
import { expect, test } from 'vitest'

const folder = new URL('../k8s/', import.meta.url)

checkManifests(folder)

test('every probe asks for its own service, on the port that the container has', () => {
  const deployment = readFileSync(new URL('deployment.yaml', folder), 'utf8')
  for (const service of ['startup', 'readiness', 'liveness']) {
    expect(deployment).toMatch(new RegExp(`${service}Probe:\\s+grpc: { port: 50051, service: ${service} }`))
  }
  expect(deployment).toMatch(/containerPort:\s*50051/)
})
