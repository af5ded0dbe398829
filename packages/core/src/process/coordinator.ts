import { type Clock, nextTick } from '../clock.js'
import type { Drain } from '../drain/drain-under-way.js'
import { createGate } from '../drain/gate.js'
import {
  disconnectTrigger,
  gesture,
  shutdownMessageTrigger,
  signalTrigger,
  type Trigger,
} from '../drain/trigger.js'
import { marginOf } from '../options/budget.js'
import { createCrashes } from './crashes.js'
import { type LastWords, leastPatience, sayLastWords } from './last-words.js'
import type { Member, ProcessLike } from './member.js'
import { createMembers } from './members.js'
import { createOtherHandlers } from './other-handlers.js'
import { createProcessListeners, type ProcessListeners } from './process-listeners.js'

/** Owns the signals, the deadline and the exit for every lifecycle of the process. */
export type Coordinator = ReturnType<typeof createCoordinator>

/** The end of the process, once something has started it. */
interface Ending {
  readonly trigger: Trigger
  readonly since: number
  deadline: number
  exitCode: number
  /** The time after the deadline in which the platform's SIGKILL is not to be feared yet. */
  margin: number
  /** Who drains because of it, and until when. */
  readonly joined: Map<Member, Promise<void>>
}

/** The event of a worker of `node:cluster` that is about to be on its own, with what has made it so. */
export const disconnecting = 'worker disconnects'

const forcedBySigint = 130
const unclean = 1
/** Drains keep the deadline themselves; this long after it, one that did not is left behind. */
const overtime = 20
/** The last words are over this long before the platform's SIGKILL. */
const silence = 100

/** Creates a coordinator for `host`. */
export function createCoordinator(host: ProcessLike, clock: Clock) {
  const gate = createGate()
  const drains = new Set<Drain>()
  const members = createMembers()
  let ending: Ending | undefined
  let isForced = false
  let isLeaving = false
  let cancelDeadline = () => {}
  const others = createOtherHandlers(host, clock, gate, drains, () => listeners)
  const applicationExitCode = () => others.exitCode(host.applicationExitCode())

  /** Those that live, and until the exit those that have stopped for it: a signal or an error then must not be left to Node. */
  const everybody = () => [...new Set([...members.live(), ...(ending?.joined.keys() ?? [])])]
  const wishes = () => everybody().map(({ settings }) => settings)

  type Manner = Omit<LastWords, 'flush'>
  const exit = (code: () => number, { joined, deadline, margin }: Ending, manner: Manner) => {
    isLeaving = true
    cancelDeadline()
    const until = Math.max(clock.now(), deadline + margin - silence)
    const flush = async () => {
      await Promise.all([...joined.keys()].map((member) => member.flush()))
    }
    const leave = () => host.exit(code())
    sayLastWords(host, clock, until, { flush, ...manner }).then(leave, leave)
  }

  const force = (code: number, present: Ending) => {
    if (isForced) return
    isForced = true
    // Nothing is left but last lines.
    if (isLeaving) return host.exit(code)
    for (const member of present.joined.keys()) member.forced(code)
    exit(() => code, present, { beforeExit: undefined, patience: leastPatience })
  }

  /** Exits when every member has stopped, those that join meanwhile included. */
  const exitWhenStopped = async (present: Ending) => {
    for (const stopped of present.joined.values()) await stopped
    // The signal came when the lifecycles had closed already.
    if (!isForced && others.pending().length > 0) {
      const outcomes = await others.run(() => present.deadline)
      if (outcomes.some(({ outcome }) => outcome !== 'done')) present.exitCode ||= unclean
    }
    // As in Node: none after a crash.
    const code = () => present.exitCode || applicationExitCode()
    if (!isForced) exit(code, present, { beforeExit: crashes.hasCrashed ? undefined : code })
  }

  const begin = (member: Member, trigger: Trigger, present: Ending) => {
    const stopped = member.begin(trigger, present.deadline).then(({ clean, exitCode }) => {
      // The code of a clean one is the application's or another handler's, which count only where nothing of ours says otherwise.
      if (!clean) present.exitCode ||= exitCode
    })
    if (!present.joined.has(member)) present.joined.set(member, stopped)
  }

  const end = (trigger: Trigger) => {
    // Not those that have stopped: they have nothing to lose any more.
    const live = members.live().map(({ settings }) => settings)
    const graces = live.map((wish) => ((trigger.byMessage && wish.byMessage) || wish).gracePeriod)
    const limit = Math.min(trigger.limit ?? Infinity, ...graces)
    const margin = marginOf(limit)
    const latest = clock.now() + limit - margin
    const isFirst = ending === undefined
    const present: Ending = ending ?? {
      trigger: { ...trigger, limit },
      since: clock.now(),
      deadline: latest,
      margin,
      exitCode: 0,
      joined: new Map(),
    }
    ending = present
    if (latest < present.deadline) Object.assign(present, { deadline: latest, margin })
    present.exitCode ||= trigger.exitCode ?? 0
    cancelDeadline()
    cancelDeadline = clock.after(present.deadline - clock.now() + overtime, () => force(unclean, present))
    for (const member of members.live()) begin(member, { ...trigger, limit }, present)
    if (isFirst) void exitWhenStopped(present)
  }

  const stopsBySigint = () => wishes().some((wish) => wish.stopsBySigint)

  const defers = (signal: NodeJS.Signals) =>
    wishes().every(({ signals, otherHandlers }) => !signals.includes(signal) || otherHandlers === 'defer')

  const onSignal = (signal: NodeJS.Signals) => {
    if (ending === undefined) end(signalTrigger(signal, stopsBySigint()))
    else if (clock.now() - ending.since >= gesture) {
      // Whoever has asked by message asks again by signal: no hand on a keyboard.
      if (signal === 'SIGINT' && !ending.trigger.byMessage) force(forcedBySigint, ending)
      else for (const member of ending.joined.keys()) member.ignored(signal)
    }
  }

  const beginEnd = (trigger: Trigger) => {
    if (ending === undefined) end(trigger)
  }

  const crashes = createCrashes(host, clock, {
    drains: () => wishes().some(({ crash }) => crash === 'drain'),
    isUp: () => members.live().some(({ state }) => state === 'ready' || state === 'draining'),
    absorbs: (error) => everybody().some((member) => member.absorbs(error)),
    end,
  })

  const heard = (event: string, argument: unknown) => {
    // One of those that are held back passes it on to others.
    if (others.isCalling()) return
    if (ending === undefined) members.standIn()
    if (event === disconnecting) return beginEnd(disconnectTrigger(String(argument)))
    if (event === 'message') return argument === 'shutdown' ? beginEnd(shutdownMessageTrigger) : undefined
    const signal = event as NodeJS.Signals
    const foreign = listeners.foreignHandlers().filter((each) => each.signal === signal)
    const names = defers(signal) ? others.hold(foreign) : []
    onSignal(signal)
    if (names.length > 0) everybody()[0]?.deferred(signal, names)
  }

  const listeners: ProcessListeners = createProcessListeners(host, heard, (foreign, call) => {
    if (!listeners.hearsSignal(foreign.signal)) return call()
    if (ending === undefined) members.standIn()
    return defers(foreign.signal) ? others.meet(foreign, call) : call()
  })

  const listen = () => {
    const hearing = wishes().filter(({ signals }) => signals.length > 0)
    const wanted = new Set<string>([...hearing.flatMap(({ signals }) => signals), ...members.pastSignals()])
    if (wanted.size > 0) wanted.add(disconnecting)
    if (hearing.some(({ hearsMessages }) => hearsMessages)) wanted.add('message')
    listeners.listenTo(wanted)
    crashes.watch(everybody().length > 0)
  }

  return {
    /** Looked at by every drain of the process. */
    gate,
    /** Every drain under way: no hook runs before all of them are empty. */
    drains,
    /** Listens for the member's signals from now on; returns how to leave. */
    join(member: Member) {
      members.add(member)
      listen()
      const late = ending
      if (late !== undefined) nextTick(() => begin(member, late.trigger, late))
      return () => {
        members.delete(member)
        listen()
        if (members.live().length === 0 && member.settings.hearsMessages) host.releaseChannel()
      }
    },
    /** Keeps a member until it leaves, as from the beginning; or leaves it to those that hold it. Its signals are heard all the same. */
    keep: members.keep,
    /** The process is about to exit, as soon as everybody has stopped. */
    get isEnding() {
      return ending !== undefined
    },
    /** Leaves a request out of whichever drain has it; false if none does. */
    except: (request: object) => members.live().some((member) => member.except(request)),
    /** Ends the process because of `trigger`. */
    end,
    /** Resolves when the signals that have come by now have been heard: without a listener Node would forget them. */
    signalsHeard: host.signalsHeard,
    /** What the process exits with where nothing of ours says otherwise: what another handler has exited with, or `process.exitCode`. */
    applicationExitCode,
    /** A member has become ready: PM2 is told when all are. */
    becameReady() {
      const isUp = members.live().every(({ state }) => state === 'ready')
      if (isUp && wishes().some(({ hearsMessages }) => hearsMessages)) host.send('ready')
    },
    /** Other people's handlers of the signals that are listened for. */
    foreignHandlers: listeners.foreignHandlers,
    /** They run last, and not at the signal. */
    defers,
    others,
    /** What was said of the process, and not of one of its lifecycles: once is enough. */
    said: new Set<string>(),
  }
}
