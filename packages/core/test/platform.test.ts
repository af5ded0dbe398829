import { describe, expect, test } from 'vitest'
import { detectPlatform, type Platform, presetFor, type Surroundings } from '../src/options/platform.js'
import { pm2GraceByMessage } from '../src/options/pm2.js'

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
    ['a Fly machine', { env: { FLY_MACHINE_ID: 'x' } }, 'fly'],
    ['a Fly machine somebody has a shell in', { env: { FLY_MACHINE_ID: 'x' }, isTerminal: true }, 'fly'],
    ['Cloud Foundry', { env: { VCAP_APPLICATION: '{}' } }, 'cloud-foundry'],
    ['Cloud Foundry upon Kubernetes', { env: { ...kubernetes, VCAP_APPLICATION: '{}' } }, 'cloud-foundry'],
    ['App Engine', { env: { GAE_ENV: 'standard', NODE_ENV: 'development' } }, 'app-engine'],
    [
      'Azure Container Apps',
      { env: { ...kubernetes, CONTAINER_APP_NAME: 'a' }, isContainer: true },
      'azure-container-apps',
    ],
    ['Render', { env: { ...kubernetes, RENDER: 'true' }, isContainer: true }, 'render'],
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

describe('the promises', () => {
  const promises = (platform: Platform, env: Record<string, string> = {}) => {
    const { gracePeriod, window, linger, stopsBySigint } = presetFor(platform, env)
    return [gracePeriod, window, linger(gracePeriod), stopsBySigint]
  }

  test('of platforms that stop the traffic first have no window, and a quarter for idle connections', () => {
    expect(promises('fly')).toEqual([5000, 0, 1250, true])
    expect(promises('cloud-foundry')).toEqual([10_000, 0, 2500, false])
    expect(promises('app-engine', { GAE_ENV: 'standard' })).toEqual([3000, 0, 750, false])
    expect(promises('app-engine', { GAE_ENV: 'flex' })).toEqual([30_000, 0, 5000, false])
    expect(promises('azure-container-apps')).toEqual([30_000, 0, 5000, false])
    expect(promises('render')).toEqual([30_000, 0, 5000, false])
  })

  test('of systemd and PM2 leave idle connections a second, or a quarter', () => {
    expect(promises('systemd')).toEqual([90_000, 0, 1000, false])
    expect(promises('pm2')).toEqual([1600, 0, 400, true])
  })

  test('of PM2 are those of its configuration, where they can be read', () => {
    expect(promises('pm2', { kill_timeout: '10000' })).toEqual([10_000, 0, 1000, true])
    expect(promises('pm2', { PM2_KILL_TIMEOUT: '3000' })[0]).toBe(3000)
    for (const kill_timeout of ['', 'soon', '0', '-1', '[object Object]']) {
      expect(promises('pm2', { kill_timeout })[0]).toBe(1600)
    }
  })
})

describe("PM2's message", () => {
  const grace = (env: Record<string, string>) => pm2GraceByMessage({ kill_timeout: '5000', ...env })

  test('is followed by its SIGINT after 8 s where it reloads a cluster', () => {
    expect(grace({ exec_mode: 'cluster_mode' })).toBe(13_000)
    expect(grace({ exec_mode: 'cluster_mode', PM2_GRACEFUL_TIMEOUT: '20000' })).toBe(25_000)
  })

  test('is its stop signal elsewhere', () => {
    expect(grace({ exec_mode: 'fork_mode' })).toBe(5000)
    expect(grace({ exec_mode: 'cluster_mode', wait_ready: 'true' })).toBe(5000)
    expect(grace({ exec_mode: 'cluster_mode', shutdown_with_message: 'true' })).toBe(5000)
    expect(grace({ exec_mode: 'cluster_mode', PM2_KILL_USE_MESSAGE: 'true' })).toBe(5000)
  })
})
