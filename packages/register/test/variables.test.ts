import { createLifecycle, type LifecycleError } from '@lameduck/core'
import { describe, expect, test } from 'vitest'
import { inTermsOfEnvironment, isNamed, nameOf, readEnvironment, variables } from '../src/variables.js'

const optionsOf = (env: Record<string, string>) => readEnvironment(env).options

const withoutGaps = (options: object) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** What is said of an environment that cannot be used, by whoever finds out. */
function refusal(env: Record<string, string>): string {
  try {
    createLifecycle({ signals: false, logger: false, ...withoutGaps(optionsOf(env)) })
  } catch (error) {
    return (inTermsOfEnvironment(error) as LifecycleError).message
  }
  return 'nothing'
}

describe('the environment', () => {
  test('names each option in the same way', () => {
    expect(nameOf('gracePeriod')).toBe('LAMEDUCK_GRACE_PERIOD')
    expect(nameOf('probes.livez')).toBe('LAMEDUCK_PROBES_LIVEZ')
    expect(nameOf('shutdownDelay.max')).toBe('LAMEDUCK_SHUTDOWN_DELAY_MAX')
    expect(new Set(variables.map(({ option }) => nameOf(option))).size).toBe(variables.length)
  })

  test('sets nothing where it says nothing', () => {
    const { options, ports } = readEnvironment({ LAMEDUCK_HOOK_BUDGET: '', LAMEDUCK_PORTS: ' ' })
    expect(Object.values(options).every((value) => value === undefined)).toBe(true)
    expect(ports).toEqual([])
  })

  test('sets numbers, texts, lists, yes and no', () => {
    expect(
      optionsOf({
        LAMEDUCK_HOOK_BUDGET: ' 1500 ',
        LAMEDUCK_SIGNALS: 'SIGTERM, SIGUSR2',
        LAMEDUCK_OTHER_HANDLERS: 'leave',
        LAMEDUCK_CRASH: 'false',
        LAMEDUCK_FORCED_EXIT_CODE: '0',
        LAMEDUCK_WEB_SOCKET_CLOSE_CODE: '1012',
        LAMEDUCK_LOGGER: 'false',
        LAMEDUCK_PROBES_LIVEZ: '/alive',
        LAMEDUCK_PROBES_HOST: '127.0.0.1',
        LAMEDUCK_PROBES_VERBOSE: 'true',
        LAMEDUCK_PROBES_IGNORE: '/ping,Uptime/',
      }),
    ).toMatchObject({
      hookBudget: 1500,
      signals: ['SIGTERM', 'SIGUSR2'],
      otherHandlers: 'leave',
      crash: false,
      forcedExitCode: 0,
      webSocketCloseCode: 1012,
      logger: false,
      probes: { livez: '/alive', host: '127.0.0.1', verbose: true, ignore: ['/ping', 'Uptime/'] },
    })
  })

  test('leaves to core what core reads', () => {
    const options = optionsOf({
      LAMEDUCK_GRACE_PERIOD: '60s',
      LAMEDUCK_SHUTDOWN_DELAY: '5s',
      LAMEDUCK_LINGER: '1s',
      LAMEDUCK_PLATFORM: 'ecs',
    })
    expect(Object.values(options).every((value) => value === undefined)).toBe(true)
  })

  test('makes the window adaptive, and switches probes and signals off', () => {
    const delay = { LAMEDUCK_SHUTDOWN_DELAY: '5s', LAMEDUCK_SHUTDOWN_DELAY_MAX: '15s' }
    expect(optionsOf(delay)).toMatchObject({ shutdownDelay: { min: '5s', max: '15s' } })
    expect(optionsOf({ LAMEDUCK_SHUTDOWN_DELAY_MAX: '900' })).toMatchObject({
      shutdownDelay: { min: 0, max: 900 },
    })
    expect(optionsOf({ LAMEDUCK_PROBES: 'false', LAMEDUCK_PROBES_LIVEZ: '/a' })).toMatchObject({
      probes: false,
    })
    expect(optionsOf({ LAMEDUCK_SIGNALS: 'false' })).toMatchObject({ signals: false })
  })

  test('names ports and Unix sockets', () => {
    expect(readEnvironment({ LAMEDUCK_PORTS: '3000, /run/app.sock' }).ports).toEqual([
      '3000',
      '/run/app.sock',
    ])
    expect(isNamed({ LAMEDUCK_PORTS: '3000, /run/app.sock' }, '/run/app.sock')).toBe(true)
    expect(isNamed({}, '/run/app.sock')).toBe(false)
  })

  const refusals: [env: Record<string, string>, said: string][] = [
    [{ LAMEDUCK_HOOK_BUDGET: 'soon' }, 'LAMEDUCK_HOOK_BUDGET: expected a finite number of milliseconds'],
    [{ LAMEDUCK_SIGNALS: 'SIGKILL' }, 'LAMEDUCK_SIGNALS: expected a list of signals'],
    [{ LAMEDUCK_OTHER_HANDLERS: 'leav' }, 'did you mean "leave"?'],
    [
      { LAMEDUCK_FORCED_EXIT_CODE: '256' },
      'LAMEDUCK_FORCED_EXIT_CODE: expected an integer from 0 to 255, got 256',
    ],
    [{ LAMEDUCK_CRASH: 'true' }, 'LAMEDUCK_CRASH: expected one of "drain", false, got true'],
    [{ LAMEDUCK_PROBES_VERBOSE: 'yes' }, 'LAMEDUCK_PROBES_VERBOSE: expected a boolean, got "yes"'],
    [{ LAMEDUCK_PROBES_READYZ: 'ready' }, 'LAMEDUCK_PROBES_READYZ: expected a path'],
    [{ LAMEDUCK_PROBES: 'true' }, 'LAMEDUCK_PROBES: expected false, or nothing, got "true"'],
    [{ LAMEDUCK_LOGGER: 'pino' }, 'LAMEDUCK_LOGGER: expected false, or nothing, got "pino"'],
    [{ LAMEDUCK_PORTS: '3000;9090' }, 'LAMEDUCK_PORTS: expected ports from 1 to 65535'],
    [{ LAMEDUCK_PORTS: '0' }, 'LAMEDUCK_PORTS: expected ports from 1 to 65535'],
    [{ LAMEDUCK_PORTS: '65536' }, 'LAMEDUCK_PORTS: expected ports from 1 to 65535'],
    [{ LAMEDUCK_SHUTDOWN_DELAY_MAX: 'long' }, 'LAMEDUCK_SHUTDOWN_DELAY_MAX: expected'],
  ]
  for (const [env, said] of refusals) {
    test(`is refused by the name of the variable: ${JSON.stringify(env)}`, () => {
      expect(refusal(env)).toContain(said)
      expect(refusal(env)).toMatch(/ \(ENVIRONMENT_INVALID\)$/)
      expect(refusal(env)).not.toContain('\n')
    })
  }

  test('is refused with the sum where it cannot fit', () => {
    const message = refusal({ LAMEDUCK_HOOK_BUDGET: '40s' })
    expect(message).toMatch(/^40000 \(LAMEDUCK_HOOK_BUDGET\) \+ 2000 \(margin\)/)
    expect(message).toMatch(/lower LAMEDUCK_HOOK_BUDGET \(OPTIONS_DO_NOT_FIT\)$/)
  })

  test('says nothing of errors that are not ours', () => {
    const error = new Error('theirs')
    expect(inTermsOfEnvironment(error)).toBe(error)
  })
})
