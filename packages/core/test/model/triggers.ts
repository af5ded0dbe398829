import { deadlineOf, isUp, type Member, type MemberHost } from './records.js'
import type { World } from './world.js'

/** Two within this many milliseconds are one gesture. */
const gesture = 500

/** The end of the process as the model expects it, from its first signal or crash on. */
export interface ExpectedEnd {
  readonly since: number
  /** What began it, if that was a signal. */
  readonly signal: NodeJS.Signals | undefined
  /** The same as a place in the order of all events. */
  readonly as: number
  /** The earliest that one of the lifecycles has to be gone by. */
  deadline: number
  /** When a platform would kill. */
  kill: number
  /** Everybody has been told by a crash, or by a Ctrl-C, not to wait for newcomers. */
  crashedAt: number | undefined
  /** A second Ctrl-C. */
  forced: boolean
  /** A second crash, or one while nothing was up. */
  atOnce: boolean
}

/** Gives what ends a process, and writes down what has to come of it. */
export function createTriggers(of: {
  readonly host: MemberHost
  readonly world: () => World
  readonly live: () => readonly Member[]
}) {
  const { host, world, live } = of
  const { bench } = host
  const { clock, process } = bench

  /** Those that live, and those that have stopped for the end of the process: they hear what would kill it meanwhile. */
  const hearing = () => {
    const { end } = world()
    const hasEnded = ({ reports }: Member) => end !== undefined && reports.some(({ as }) => as > end.as)
    return [...live(), ...host.members.filter(hasEnded)]
  }

  /** Whether somebody has to listen; says so if it is not as it has to be. */
  const isHeard = (event: string, listens: (member: Member) => boolean): boolean => {
    const expected = hearing().some(listens)
    const others = world().handlers.filter((each) => each.signal === event).length
    const listeners =
      event === 'uncaughtException'
        ? Number(process.watchesErrors && expected)
        : process.listenerCount(event) - others
    // Lifecycles have stopped when they are left behind; the process listens until it is gone.
    if (world().end?.forced) return listeners > 0
    if (listeners !== (expected ? 1 : 0)) host.wrong(`${event} has ${listeners} listeners`)
    return expected
  }

  const hurry = () => {
    for (const member of live()) member.hurriedAt ??= clock.now()
  }

  const endBy = (by: NodeJS.Signals | undefined, limit = Number.POSITIVE_INFINITY): ExpectedEnd => {
    const now = clock.now()
    const deadline = Math.min(...live().map(({ grace }) => now + deadlineOf(Math.min(grace, limit))))
    const kill = Math.min(...live().map(({ grace }) => now + grace))
    const fresh = {
      since: now,
      signal: by,
      as: host.next(),
      crashedAt: undefined,
      forced: false,
      atOnce: false,
    }
    const end: ExpectedEnd = world().end ?? { ...fresh, deadline, kill }
    end.deadline = Math.min(end.deadline, deadline)
    end.kill = Math.min(end.kill, kill)
    world().end = end
    for (const member of live()) {
      member.expected = 'draining'
      member.endBy(end.deadline)
    }
    return end
  }

  const signal = (name: 'SIGTERM' | 'SIGINT') => {
    // By default it would end the process.
    if (!isHeard(name, ({ signals }) => signals.includes(name))) return
    const { end } = world()
    const isPatient = name === 'SIGTERM' || live().some(({ stopsBySigint }) => stopsBySigint)
    if (end === undefined) {
      if (!isPatient) hurry()
      endBy(name)
    } else if (name === 'SIGINT' && clock.now() - end.since >= gesture) end.forced = true
    bench.signal(name)
  }

  const crash = () => {
    if (!isHeard('uncaughtException', ({ drainsOnCrash }) => drainsOnCrash)) return
    const mayDrain = world().end?.crashedAt === undefined && live().some(isUp)
    hurry()
    const end = endBy(undefined, 5000)
    end.crashedAt = clock.now()
    if (!mayDrain) end.atOnce = true
    process.emit('uncaughtException', new Error('crash'))
  }

  return { signal, crash }
}
