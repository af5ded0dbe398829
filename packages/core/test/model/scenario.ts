import fc from 'fast-check'
import type { LifecycleOptions } from '../../src/options/options.js'
import type { ModelServerOptions } from './model-server.js'

/** What a function of the user's does when it is called. */
export interface Behaviour {
  readonly kind: 'returns' | 'throws' | 'resolves' | 'rejects' | 'hangs'
  /** Before it settles, in milliseconds. */
  readonly after: number
}

/** One thing that happens. Numbers such as `member` pick one of those there are, round and round. */
export type Action =
  | { readonly do: 'signal'; readonly signal: 'SIGTERM' | 'SIGINT' }
  | { readonly do: 'crash' }
  | {
      readonly do: 'install'
      readonly signal: 'SIGTERM' | 'SIGINT'
      readonly is: Behaviour
      /** The handler calls `process.exit` with it. */
      readonly exits: number | undefined
      /** It awaits `stop()` of every lifecycle. */
      readonly waits: boolean
    }
  | { readonly do: 'create'; readonly options: LifecycleOptions; readonly flush: number | undefined }
  | { readonly do: 'ready'; readonly member: number }
  | { readonly do: 'stop'; readonly member: number; readonly window: boolean }
  | { readonly do: 'attach'; readonly member: number; readonly server: ModelServerOptions }
  | {
      readonly do: 'onStop'
      readonly member: number
      readonly is: Behaviour
      readonly timeout: number | undefined
    }
  | { readonly do: 'onDrain'; readonly member: number; readonly is: Behaviour }
  | { readonly do: 'hold'; readonly member: number; readonly takes: number | undefined }
  | { readonly do: 'connect'; readonly server: number }
  | { readonly do: 'disconnect'; readonly server: number; readonly connection: number }
  | {
      readonly do: 'request'
      readonly server: number
      readonly connection: number
      /** Until the handler answers; never if undefined. */
      readonly takes: number | undefined
      /** The handler listens to `cutoff` and answers then. */
      readonly answersAtCutoff: boolean
    }

/** An action, and how long after the one before. */
export interface Step {
  readonly wait: number
  readonly action: Action
}

/** A life of one process. */
export interface Scenario {
  readonly steps: readonly Step[]
}

const short = fc.integer({ min: 0, max: 600 })
const long = fc.integer({ min: 0, max: 35_000 })
const pick = fc.nat({ max: 5 })
const wait = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: short },
  { weight: 1, arbitrary: long },
)
const takes = fc.oneof(
  { weight: 3, arbitrary: short },
  { weight: 2, arbitrary: long },
  { weight: 1, arbitrary: fc.constant(undefined) },
)

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  kind: fc.constantFrom('returns', 'returns', 'throws', 'resolves', 'resolves', 'rejects', 'hangs'),
  after: fc.oneof(short, long),
})

/** The same duration, as people write it: some with a unit. */
const inSomeUnit = (ms: number) => (ms % 2 === 0 ? `${ms}ms` : ms)

/** Options whose explicit times fit into the grace period, whichever of them are given. */
export const options: fc.Arbitrary<LifecycleOptions> = fc
  .record({
    gracePeriod: fc.option(fc.integer({ min: 1000, max: 60_000 })),
    platform: fc.constantFrom(
      'kubernetes',
      'none',
      'docker',
      'nomad',
      'pm2',
      'systemd',
      'terminal',
      'cloud-run',
    ),
    shares: fc.record({
      window: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      linger: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      hooks: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    min: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    rest: fc.record(
      {
        signals: fc.constantFrom<(readonly NodeJS.Signals[] | false)[]>(
          ['SIGTERM'],
          ['SIGTERM', 'SIGINT'],
          false,
        ),
        crash: fc.constantFrom<('drain' | false)[]>('drain', false),
        forcedExitCode: fc.constantFrom(1, 3),
        late: fc.constantFrom('serve', 'reject'),
        readinessDuringDrain: fc.constantFrom('fail', 'keep'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ gracePeriod, platform, shares, min, rest }): LifecycleOptions => {
    // Half of the shortest grace period of a preset is what explicit times may always share.
    const room = (gracePeriod ?? 1600) / 2
    const share = (of: number | null) => (of === null ? undefined : Math.floor((of * room) / 3))
    const [max, linger, hookBudget] = [share(shares.window), share(shares.linger), share(shares.hooks)]
    const shutdownDelay =
      max === undefined || min === null ? max : { min: Math.floor(min * max), max: Math.max(1, max) }
    return {
      platform,
      ...(gracePeriod === null ? {} : { gracePeriod: inSomeUnit(gracePeriod) }),
      ...(shutdownDelay === undefined ? {} : { shutdownDelay }),
      ...(linger === undefined ? {} : { linger: inSomeUnit(linger) }),
      ...(hookBudget === undefined ? {} : { hookBudget }),
      ...rest,
    }
  })

const server = (word: fc.Arbitrary<ModelServerOptions['word']>): fc.Arbitrary<ModelServerOptions> =>
  fc.record({
    rate: fc.constantFrom(0, 0.1, 1, 10, 1000),
    acceptTime: fc.constantFrom(0, 0, 1, 20),
    hangUpTime: fc.constantFrom(0, 0, 5, 100),
    word,
  })

const create = fc.record({
  do: fc.constant('create' as const),
  options,
  flush: fc.constantFrom(undefined, undefined, undefined, 0, 40, 100_000),
})

const action = (word: fc.Arbitrary<ModelServerOptions['word']>): fc.Arbitrary<Action> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('signal'),
        signal: fc.constantFrom('SIGTERM', 'SIGTERM', 'SIGINT'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('install'),
        signal: fc.constantFrom('SIGTERM', 'SIGTERM', 'SIGINT'),
        is: behaviour,
        exits: fc.constantFrom(undefined, undefined, 0, 7, 143, 130),
        waits: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: create },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('ready'), member: pick }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('stop'), member: pick, window: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('attach'), member: pick, server: server(word) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('onStop'),
        member: pick,
        is: behaviour,
        timeout: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('onDrain'), member: pick, is: behaviour }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('hold'), member: pick, takes }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('connect'), server: pick }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('disconnect'), server: pick, connection: pick }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('request'),
        server: pick,
        connection: pick,
        takes,
        answersAtCutoff: fc.boolean(),
      }),
    },
  )

/** Any life: a lifecycle, most often a server, and whatever happens to them. */
export function scenario(
  word: fc.Arbitrary<ModelServerOptions['word']> = fc.constant('kept'),
): fc.Arbitrary<Scenario> {
  const step = fc.record({ wait, action: action(word) })
  const at0 = <A extends Action>(arbitrary: fc.Arbitrary<A>) =>
    fc.record({ wait: fc.constant(0), action: arbitrary })
  const begin = fc.tuple(
    at0(create),
    at0(fc.record({ do: fc.constant('attach' as const), member: fc.constant(0), server: server(word) })),
  )
  return fc
    .tuple(begin, fc.array(step, { maxLength: 24, size: 'max' }))
    .map(([first, rest]) => ({ steps: [...first, ...rest] }))
}
