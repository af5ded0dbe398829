import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { LifecycleError, type LifecycleErrorCode } from '../src/errors.js'
import type { LifecycleOptions } from '../src/options/options.js'
import { resolveSettings } from '../src/options/settings.js'

const resolve = (options: unknown, env: Record<string, string> = {}) =>
  resolveSettings(options as LifecycleOptions, { env, isTerminal: false, isContainer: false })

function refusal(options: unknown, env: Record<string, string> = {}): LifecycleError {
  try {
    resolve(options, env)
  } catch (error) {
    if (error instanceof LifecycleError) return error
    throw error
  }
  throw new Error('was not refused')
}

describe('options', () => {
  const cases: [unknown, LifecycleErrorCode, RegExp][] = [
    [{ gracePeriod: '30' }, 'OPTION_INVALID', /gracePeriod: expected .* got "30"/],
    [{ gracePeriod: -1 }, 'OPTION_INVALID', /gracePeriod: .* got -1/],
    [{ gracePeriod: 0 }, 'OPTION_INVALID', /greater than 0, got 0/],
    [{ gracePeriod: Number.POSITIVE_INFINITY }, 'OPTION_INVALID', /finite/],
    [{ gracePeriod: Number.NaN }, 'OPTION_INVALID', /got NaN/],
    [{ shutdownDelay: { min: 2, max: 1 } }, 'OPTION_INVALID', /min ≤ max/],
    [{ shutdownDelay: { min: 2 } }, 'OPTION_INVALID', /shutdownDelay/],
    [{ linger: null }, 'OPTION_INVALID', /linger: .* got null/],
    [{ signals: ['SIGFOO'] }, 'OPTION_INVALID', /signals/],
    [{ signals: ['SIGKILL'] }, 'OPTION_INVALID', /signals/],
    [{ signals: [['SIGTERM']] }, 'OPTION_INVALID', /signals/],
    [{ linger: 1n }, 'OPTION_INVALID', /got 1n/],
    [{ forcedExitCode: 256 }, 'OPTION_INVALID', /0 to 255/],
    [{ crash: true }, 'OPTION_INVALID', /"drain", false/],
    [{ late: 'drop' }, 'OPTION_INVALID', /"serve", "reject"/],
    [{ platform: 'lambda' }, 'OPTION_INVALID', /"kubernetes"/],
    [{ probes: { livez: 'live' } }, 'OPTION_INVALID', /probes.livez: .* starts with one "\/".* got "live"/],
    [{ probes: { livez: '/live?all' } }, 'OPTION_INVALID', /no query/],
    [{ probes: { livez: '/live#all' } }, 'OPTION_INVALID', /fragment/],
    [{ probes: { livez: '/is it alive' } }, 'OPTION_INVALID', /space/],
    [{ probes: { livez: '//live' } }, 'OPTION_INVALID', /one "\/"/],
    [{ probes: { livez: /live/ } }, 'OPTION_INVALID', /got \/live\//],
    [{ probes: { port: 65_536 } }, 'OPTION_INVALID', /probes.port: .* 0 to 65535, got 65536/],
    [{ probes: { port: '9000' } }, 'OPTION_INVALID', /got "9000"/],
    [{ probes: { port: -1 } }, 'OPTION_INVALID', /got -1/],
    [{ probes: { host: '' } }, 'OPTION_INVALID', /probes.host/],
    [{ probes: { verbose: 'yes' } }, 'OPTION_INVALID', /boolean/],
    [{ probes: { ignore: ['/metrics', ''] } }, 'OPTION_INVALID', /probes.ignore/],
    [{ probes: { ignore: '/metrics' } }, 'OPTION_INVALID', /probes.ignore/],
    [{ probes: true }, 'OPTION_INVALID', /probes: expected an object, or false, got true/],
    [
      { probes: { healthz: '/healthz' } },
      'OPTION_UNKNOWN',
      /probes: unknown option "healthz".* Known: livez/,
    ],
    [{ probes: { livez: '/readyz' } }, 'PROBE_PATHS_EQUAL', /livez "\/readyz", readyz "\/readyz"/],
    [{ probes: { startupz: '/s', livez: '/s' } }, 'PROBE_PATHS_EQUAL', /startupz "\/s"/],
    [{ shutdownDelay: { min: -1, max: 1 } }, 'OPTION_INVALID', /shutdownDelay.min: .* got -1/],
    [{ shutdownDelay: { min: 1, mex: 2 } }, 'OPTION_UNKNOWN', /shutdownDelay: .*did you mean "max"/],
    [{ shutdownDelay: Number.POSITIVE_INFINITY }, 'OPTION_INVALID', /shutdownDelay/],
    ...[
      '30 s',
      ' 30s',
      '30S',
      '1,5m',
      '.5s',
      '5.s',
      '-1s',
      '1d',
      '1e3ms',
      '',
      's',
      '1m30s',
      `${'9'.repeat(400)}h`,
    ].map(
      (gracePeriod) =>
        [{ gracePeriod }, 'OPTION_INVALID', /gracePeriod: expected/] as [unknown, LifecycleErrorCode, RegExp],
    ),
    [{ gracePeriod: '0.0s' }, 'OPTION_INVALID', /greater than 0, got "0.0s"/],
    [{ shutdownDelay: { min: '2s', max: '1500ms' } }, 'OPTION_INVALID', /min ≤ max/],
    [{ shutdownDelay: { min: '2', max: 3 } }, 'OPTION_INVALID', /shutdownDelay.min: .* got "2"/],
    [
      { gracePeriod: '10s', shutdownDelay: '0.15m' },
      'OPTIONS_DO_NOT_FIT',
      /9000 \(shutdownDelay\).* > 10000/,
    ],
    [{ platform: 'k8s' }, 'OPTION_INVALID', /did you mean "kubernetes"/],
    [{ platform: 'kube' }, 'OPTION_INVALID', /did you mean "kubernetes"/],
    [{ platform: 'EKS' }, 'OPTION_INVALID', /did you mean "kubernetes"/],
    [{ platform: 'cloud_run' }, 'OPTION_INVALID', /did you mean "cloud-run"/],
    [{ platform: 'xyz' }, 'OPTION_INVALID', /got "xyz" \(/],
    [{ grace: 1 }, 'OPTION_UNKNOWN', /did you mean "gracePeriod"/],
    [{ platform: 'kubernets' }, 'OPTION_INVALID', /did you mean "kubernetes"/],
    [{ forcedExitCode: 1.5 }, 'OPTION_INVALID', /got 1.5/],
    [{ signals: 'SIGTERM' }, 'OPTION_INVALID', /signals/],
    [{ logger: { info() {}, warn() {} } }, 'OPTION_INVALID', /error/],
    [{ logger: console.log }, 'OPTION_INVALID', /info, warn and error/],
    [{ graceperiod: 1 }, 'OPTION_UNKNOWN', /did you mean "gracePeriod"/],
    [{ timeout: 1 }, 'OPTION_UNKNOWN', /unknown option "timeout". Known: gracePeriod/],
    [[], 'OPTION_INVALID', /expected an object/],
    [null, 'OPTION_INVALID', /options: expected an object, got null/],
    [
      { gracePeriod: 10_000, shutdownDelay: 9000 },
      'OPTIONS_DO_NOT_FIT',
      /9000 \(shutdownDelay\) \+ 1000 \(margin\) .*= 10750 > 10000/,
    ],
    [{ gracePeriod: 1000, linger: 500, hookBudget: 500 }, 'OPTIONS_DO_NOT_FIT', /linger or hookBudget/],
  ]
  for (const [options, code, message] of cases) {
    test(`${inspect(options)} is refused with ${code}`, () => {
      const error = refusal(options)
      expect(error.code).toBe(code)
      expect(error.message).toMatch(message)
    })
  }

  test('a duration may be a text with its unit', () => {
    expect(
      resolve({
        gracePeriod: '1.5m',
        shutdownDelay: { min: '2s', max: '0.1m' },
        linger: '16.1s',
        hookBudget: 500,
      }),
    ).toMatchObject({
      gracePeriod: 90_000,
      window: { min: 2000, max: 6000 },
      linger: 16_100,
      hookBudget: 500,
    })
    expect(resolve({ gracePeriod: '1h', shutdownDelay: '500ms' })).toMatchObject({
      gracePeriod: 3_600_000,
      window: { min: 500, max: 500 },
      adaptive: false,
    })
  })

  test('what came is shown in a short line, whatever it is', () => {
    const big = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`key${i}`, { deep: 'x'.repeat(99) }]),
    )
    expect(refusal({ linger: big }).message.length).toBeLessThan(300)
    expect(refusal({ logger: { info: big, warn: big, error: 'x\ny'.repeat(999) } }).message).toMatch(
      /^.{1,300}$/,
    )
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
        getPrototypeOf: () => {
          throw new Error('no')
        },
      },
    )
    expect(refusal({ platform: hostile }).code).toBe('OPTION_INVALID')
  })

  test('undefined is the same as not given', () => {
    expect(resolve({ gracePeriod: undefined, platform: undefined }).gracePeriod).toBe(30_000)
  })

  test('a path that is not given keeps its default', () => {
    expect(resolve({ probes: { livez: '/alive' } }).probes?.paths).toEqual({
      livez: '/alive',
      readyz: '/readyz',
      startupz: '/startupz',
    })
  })
})

describe('the environment', () => {
  test('sets what the code leaves unset', () => {
    const env = {
      LAMEDUCK_GRACE_PERIOD: '60000',
      LAMEDUCK_SHUTDOWN_DELAY: '7000',
      LAMEDUCK_LINGER: '1.5s',
      LAMEDUCK_PROBES_PORT: '9000',
      LAMEDUCK_PLATFORM: 'kubernetes',
    }
    expect(resolve({}, env)).toMatchObject({
      gracePeriod: 60_000,
      window: { min: 7000, max: 7000 },
      adaptive: false,
      linger: 1500,
      probes: { port: 9000 },
      platform: 'kubernetes',
    })
    expect(resolve({ probes: { livez: '/alive', port: undefined } }, env).probes).toMatchObject({
      port: 9000,
      paths: { livez: '/alive' },
    })
    expect(resolve({ probes: { port: 1 } }, env).probes?.port).toBe(1)
    expect(resolve({ probes: false }, env).probes).toBeUndefined()
    expect(resolve({ linger: 7 }, env).linger).toBe(7)
    expect(resolve({ gracePeriod: 20_000 }, env).gracePeriod).toBe(20_000)
  })

  for (const [name, value] of [
    ['LAMEDUCK_GRACE_PERIOD', 'thirty'],
    ['LAMEDUCK_GRACE_PERIOD', '0'],
    ['LAMEDUCK_SHUTDOWN_DELAY', '-5'],
    ['LAMEDUCK_SHUTDOWN_DELAY', '5 s'],
    ['LAMEDUCK_SHUTDOWN_DELAY', '5d'],
    ['LAMEDUCK_GRACE_PERIOD', '0s'],
    ['LAMEDUCK_GRACE_PERIOD', '1e4'],
    ['LAMEDUCK_LINGER', '-1s'],
    ['LAMEDUCK_LINGER', 'Infinity'],
    ['LAMEDUCK_PROBES_PORT', '65536'],
    ['LAMEDUCK_PROBES_PORT', '9000/tcp'],
    ['LAMEDUCK_PLATFORM', 'moon'],
  ] as const) {
    test(`${name}=${value} is refused by name`, () => {
      const error = refusal({}, { [name]: value })
      expect(error.code).toBe('ENVIRONMENT_INVALID')
      expect(error.message).toContain(`${name}: expected`)
      expect(error.message).toContain(`got "${value}"`)
    })
  }

  test('an unknown platform is refused with the nearest that is known', () => {
    expect(refusal({}, { LAMEDUCK_PLATFORM: 'cloudrun' }).message).toContain('did you mean "cloud-run"?')
  })

  test('what is empty is not set', () => {
    const env = { LAMEDUCK_GRACE_PERIOD: '', LAMEDUCK_SHUTDOWN_DELAY: ' ', LAMEDUCK_PLATFORM: '' }
    expect(resolve({}, env)).toMatchObject({ platform: 'none', gracePeriod: 30_000, adaptive: true })
  })
})
