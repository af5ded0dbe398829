import { describe, expect, test } from 'vitest'
import { detectPlatform, type Platform, type Surroundings } from '../src/platform.js'

const kubernetes = { KUBERNETES_SERVICE_HOST: '10.0.0.1' }

describe('detection', () => {
  const cases: [string, Partial<Surroundings>, Platform][] = [
    ['a pod', { env: kubernetes }, 'kubernetes'],
    ['a pod somebody has a shell in', { env: kubernetes, isTerminal: true }, 'kubernetes'],
    ['a Knative revision', { env: { ...kubernetes, K_REVISION: 'a-1' } }, 'knative'],
    ['Cloud Run', { env: { K_SERVICE: 'a', K_REVISION: 'a-1' } }, 'cloud-run'],
    ['ECS', { env: { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2' } }, 'ecs'],
    ['a Heroku dyno', { env: { DYNO: 'web.1' } }, 'heroku'],
    ['a Nomad allocation', { env: { NOMAD_ALLOC_ID: 'x' } }, 'nomad'],
    ['PM2, whose first process is number 0', { env: { pm_id: '0' } }, 'pm2'],
    ['a terminal', { isTerminal: true }, 'terminal'],
    ['a terminal that systemd has started', { isTerminal: true, env: { INVOCATION_ID: 'x' } }, 'terminal'],
    ['development', { env: { NODE_ENV: 'development' } }, 'terminal'],
    ['a systemd unit', { env: { INVOCATION_ID: 'x' } }, 'systemd'],
    ['a container', { isContainer: true }, 'docker'],
    ['nothing known', {}, 'none'],
  ]
  for (const [name, surroundings, platform] of cases) {
    test(`${name} is ${platform}`, () => {
      expect(detectPlatform({ env: {}, isTerminal: false, isContainer: false, ...surroundings })).toBe(
        platform,
      )
    })
  }
})
