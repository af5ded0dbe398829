import { describe, expect, test } from 'vitest'
import { detectPlatform, type Platform, type Surroundings } from '../src/options/platform.js'

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
    ['PM2 in a pod: it kills long before the pod does', { env: { ...kubernetes, pm_id: '1' } }, 'pm2'],
    ['Knative without a service of its own', { env: { ...kubernetes, K_SERVICE: 'a' } }, 'kubernetes'],
    ['a job of Cloud Run', { env: { CLOUD_RUN_JOB: 'a' } }, 'cloud-run'],
    ['ECS on EC2, of an older agent', { env: { ECS_CONTAINER_METADATA_URI: 'http://169.254.170.2' } }, 'ecs'],
    ['ECS with a shell', { env: { ECS_CONTAINER_METADATA_URI_V4: 'x' }, isTerminal: true }, 'ecs'],
    ['a Heroku shell', { env: { DYNO: 'run.1' }, isTerminal: true }, 'heroku'],
    ['Nomad in development', { env: { NOMAD_ALLOC_ID: 'x', NODE_ENV: 'development' } }, 'nomad'],
    ['a unit that notifies', { env: { NOTIFY_SOCKET: '/run/notify' } }, 'systemd'],
    ['a container with a terminal', { isContainer: true, isTerminal: true }, 'terminal'],
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
