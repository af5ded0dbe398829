import { LifecycleError } from '../../src/errors.js'
import type { Logger } from '../../src/events/logger.js'
import { toMilliseconds } from '../../src/options/durations.js'
import type { LifecycleOptions } from '../../src/options/options.js'
import { type Platform, presets } from '../../src/options/platform.js'
import { createCalled } from './called.js'
import { createModelServer, type ModelRequest } from './model-server.js'
import { deadlineOf, type Held, isDown, type Member, type MemberHost } from './records.js'
import type { Behaviour } from './scenario.js'

function loggerThatTakes(host: MemberHost, duration: number | undefined): Logger | false {
  if (duration === undefined) return false
  const nothing = () => {}
  const flush = (done = nothing) => void host.bench.clock.after(duration, done)
  return { info: nothing, warn: nothing, error: nothing, flush: (done) => flush(done) }
}

/** Creates a lifecycle and watches it. */
export function createMember(host: MemberHost, options: LifecycleOptions, flush?: number): Member {
  const { bench } = host
  const { clock } = bench
  const lifecycle = bench.createLifecycle({ ...options, logger: loggerThatTakes(host, flush) })
  const preset = presets[options.platform as Platform]
  const isLive = () => !host.isOver()
  let deadline = Number.POSITIVE_INFINITY
  let patience = Number.POSITIVE_INFINITY

  const called = (kind: string, is: Behaviour) =>
    createCalled(host, { name: host.name(kind), is, isLate: member.drainedAt !== undefined })

  /** Once the `onStop` functions may run, nothing more need be accepted: but what is accepted counts. */
  const unlessRefused = (give: () => void): boolean => {
    try {
      give()
      return true
    } catch (error) {
      const isRefused = error instanceof LifecycleError && error.code === 'REGISTERED_TOO_LATE'
      if (!isRefused || member.drainedAt === undefined) host.wrong(`refused: ${String(error)}`)
      return false
    }
  }

  const stop = (window: boolean) => {
    const stopped = lifecycle.stop({ window })
    if (stopped !== lifecycle.stop()) host.wrong('stop() gave another promise')
    stopped.then(
      (report) => {
        if (isLive()) member.resolved = report
      },
      (error: unknown) => host.wrong(`stop() rejected: ${String(error)}`),
    )
    if (member.expected === 'draining' || member.expected === 'stopped') return
    member.expected = 'draining'
    member.endBy(clock.now() + deadlineOf(member.grace))
    if (!window) member.hurriedAt ??= clock.now()
  }

  const ready = () => {
    if (member.expected === 'starting') member.expected = 'ready'
    lifecycle.ready().catch((error: { code?: string }) => {
      if (error.code !== 'ILLEGAL_TRANSITION') host.wrong(`ready() rejected: ${String(error)}`)
    })
  }

  const hold = (takes: number | undefined) => {
    const isLate = clock.now() >= (lifecycle.plan.at?.cutoff ?? Infinity) || member.drainedAt !== undefined
    const held: Held = { name: host.name('hold'), isLate, takenAs: host.next(), releasedAs: undefined }
    const release = lifecycle.hold(held.name)
    member.holds.push(held)
    if (takes === undefined) return
    clock.after(takes, () => {
      release()
      if (host.isOver()) return
      held.releasedAs = host.next()
      if (!isLate) member.worked.push({ what: held.name, endedAs: held.releasedAs })
    })
  }

  const onStop = (is: Behaviour, timeout: number | undefined) => {
    const hook = called('hook', is)
    const watched = () => {
      const { at } = lifecycle.plan
      if (isLive() && clock.now() < (at?.force ?? 0)) member.calledInTime.push(host.next())
      return hook.fn()
    }
    const limit = timeout === undefined ? {} : { timeout }
    if (unlessRefused(() => lifecycle.onStop(hook.name, watched, limit))) member.onStops.push(hook)
  }

  const onDrain = (is: Behaviour) => {
    if (isDown(member)) return
    const preparation = called('onDrain', is)
    if (unlessRefused(() => void lifecycle.onDrain(preparation.fn))) member.onDrains.push(preparation)
  }

  const member: Member = {
    index: host.members.length,
    lifecycle,
    grace: toMilliseconds(options.gracePeriod) ?? preset.gracePeriod,
    signals: (options.signals ?? ['SIGTERM', 'SIGINT']) || [],
    drainsOnCrash: options.crash !== false,
    stopsBySigint: preset.stopsBySigint,
    forcedExitCode: options.forcedExitCode ?? 1,
    servers: [],
    onStops: [],
    onDrains: [],
    holds: [],
    worked: [],
    expected: 'starting',
    get deadline() {
      return deadline
    },
    get patience() {
      return patience
    },
    endBy(latest, isLate = false) {
      if (latest >= deadline) return
      deadline = latest
      patience = Math.min(patience, isLate ? clock.now() : (clock.now() + latest) / 2)
    },
    hurriedAt: undefined,
    drainedFrom: undefined,
    closing: undefined,
    drainedAt: undefined,
    cutoffAt: undefined,
    calledInTime: [],
    reports: [],
    resolved: undefined,
    act(action) {
      if (action.do === 'ready') ready()
      else if (action.do === 'stop') stop(action.window)
      else if (action.do === 'hold') hold(action.takes)
      else if (action.do === 'onStop') onStop(action.is, action.timeout)
      else if (action.do === 'onDrain') onDrain(action.is)
      else if (!isDown(member)) {
        const requestFinished = ({ id, endedAs }: ModelRequest) =>
          member.worked.push({ what: id, endedAs: endedAs as number })
        const server = createModelServer({ ...host, clock, requestFinished }, action.server)
        // Who attaches a server while onStop functions run may lose what it has accepted already.
        if (member.drainedAt === undefined) member.servers.push(server)
        lifecycle.attach(server)
      }
    },
    serve(server, action) {
      if (action.do === 'connect') return server.connect()
      const idle = server.idle()
      const connection = idle[action.connection % idle.length]
      if (connection === undefined) return
      if (action.do === 'disconnect') return server.disconnect(connection)
      const request = server.begin(connection, host.name('request'), host.next())
      const finish = () => server.finish(request)
      if (action.takes !== undefined) clock.after(action.takes, finish)
      if (action.answersAtCutoff) lifecycle.cutoff.addEventListener('abort', finish)
    },
  }

  lifecycle.on('draining', () => {
    if (isLive()) member.drainedFrom = { at: clock.now(), as: host.next() }
  })
  lifecycle.on('closing', () => {
    const hadIdle = member.servers.some((server) => server.idle().length > 0)
    if (isLive()) member.closing = { at: clock.now(), hadIdle }
  })
  lifecycle.on('drained', () => {
    if (isLive()) member.drainedAt = clock.now()
  })
  lifecycle.on('cutoff', () => {
    if (isLive()) member.cutoffAt = clock.now()
  })
  lifecycle.on('stopped', (report) => {
    if (isLive()) member.reports.push({ report, at: clock.now(), as: host.next() })
  })
  return member
}
