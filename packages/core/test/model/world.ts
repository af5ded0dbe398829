import { createTestBench, type TestBench } from '../../src/testing/index.js'
import { createMember } from './member.js'
import { installHandler, type OtherHandler } from './other-handlers.js'
import { deadlineOf, isDown, type Member, type MemberHost } from './records.js'
import type { Action, Scenario, Step } from './scenario.js'
import { createTriggers, type ExpectedEnd } from './triggers.js'

/** A process as it was lived, for the invariants to look at. */
export interface World {
  readonly bench: TestBench
  readonly members: readonly Member[]
  /** Other people's handlers of signals, in the order in which they were installed. */
  readonly handlers: OtherHandler[]
  /** What has been seen to be wrong on the way. */
  readonly wrongs: string[]
  end: ExpectedEnd | undefined
  /** The first exit. Nothing counts after it. */
  exit: { readonly at: number; readonly code: number } | undefined
  run(scenario: Scenario): Promise<void>
}

/** Long enough for every deadline, timer and handler of a scenario. */
const longerThanAnything = 1_000_000

/** Creates the process that a scenario is played in. */
export function createWorld(): World {
  const bench = createTestBench()
  const { clock, process } = bench
  const members: Member[] = []
  const wrongs: string[] = []
  let order = 0
  let names = 0

  const host: MemberHost = {
    bench,
    members,
    next: () => ++order,
    name: (kind) => `${kind}-${++names}`,
    isOver: () => world.exit !== undefined,
    wrong: (what) => void (world.exit === undefined && wrongs.push(`${clock.now()}: ${what}`)),
  }

  process.exit = (code: number) => {
    world.exit ??= { at: clock.now(), code }
  }

  const live = () => members.filter((member) => !isDown(member))
  const by = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length]
  const servers = () => members.flatMap((member) => member.servers.map((server) => ({ member, server })))

  const { signal, crash } = createTriggers({ host, world: () => world, live })

  const install = (action: Extract<Action, { do: 'install' }>) =>
    void world.handlers.push(installHandler(host, action))

  const create = ({ options, flush }: Extract<Action, { do: 'create' }>) => {
    if (members.length >= 2) return
    const member = createMember(host, options, flush)
    members.push(member)
    if (world.end === undefined) return
    const now = clock.now()
    // Who comes late has what is left, with whole slices before it.
    member.endBy(Math.max(now, Math.min(world.end.deadline, now + deadlineOf(member.grace))), true)
    member.expected = 'draining'
  }

  const act = (action: Action) => {
    if (action.do === 'signal') return signal(action.signal)
    if (action.do === 'crash') return crash()
    if (action.do === 'install') return install(action)
    if (action.do === 'create') return create(action)
    if ('member' in action) return by(members, action.member)?.act(action)
    const found = by(servers(), action.server)
    found?.member.serve(found.server, action)
  }

  /** No state but the one that the table leads to. */
  const look = () => {
    for (const { lifecycle, expected, index } of members) {
      const { state } = lifecycle
      const isRight = state === expected || (expected === 'draining' && state === 'stopped')
      if (!isRight) host.wrong(`lifecycle ${index} is ${state} instead of ${expected}`)
    }
  }

  const take = async ({ wait, action }: Step) => {
    await clock.advance(wait)
    if (world.exit !== undefined) return
    act(action)
    // A lifecycle that is created while the process ends begins to drain in the next tick.
    await clock.advance(0)
    if (world.exit === undefined) look()
  }

  const world: World = {
    bench,
    members,
    handlers: [],
    wrongs,
    end: undefined,
    exit: undefined,
    async run({ steps }) {
      process.printError = () => {}
      for (const step of steps) await take(step)
      await clock.advance(longerThanAnything)
      if (world.exit === undefined) look()
    },
  }
  return world
}
