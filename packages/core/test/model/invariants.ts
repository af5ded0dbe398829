import type { Called } from './called.js'
import type { OtherHandler } from './other-handlers.js'
import type { Member } from './records.js'
import type { World } from './world.js'

/** Sums of fractions of milliseconds. */
const rounding = 1e-6

type Rule = (world: World) => string[]
type MemberRule = (member: Member, world: World) => string[]

const when = (isWrong: boolean, what: string): string[] => (isWrong ? [what] : [])

/** The process was ended without letting anybody finish: a second Ctrl-C, a second crash, a crash while starting. */
const isCutShort = ({ end }: World) => end?.forced === true || end?.atOnce === true

/** Every request is finished or named among those that were cut, never both. */
const noRequestIsLost: MemberRule = ({ servers, reports }, { end }) => {
  const last = reports[0]
  if (last === undefined || end?.atOnce) return []
  const { report, as } = last
  const named = new Set(report.cut.map(({ path }) => path))
  // Who is forced to exit may still be writing its last lines.
  const requests = servers
    .flatMap((server) => server.requests)
    .filter(({ begunAs }) => end?.forced !== true || begunAs < as)
  return [
    ...requests.flatMap(({ id, fate }) =>
      when(fate !== 'finished' && !named.has(id), `${id} is lost: ${fate}`),
    ),
    ...requests.flatMap(({ id, fate, endedAs = 0 }) =>
      when(fate === 'finished' && endedAs < as && named.has(id), `${id} is not cut`),
    ),
    ...when(report.requests.cut !== named.size - (named.has(undefined) ? 1 : 0), 'the count of cut requests'),
  ]
}

/** A hold was released or is named. */
const noHoldIsForgotten: MemberRule = ({ holds, reports }, { end }) => {
  const last = reports[0]
  if (last === undefined || end?.atOnce) return []
  const named = new Set(last.report.cut.map(({ name }) => name))
  return holds.flatMap(({ name, takenAs, releasedAs = Infinity, isLate }) =>
    when(takenAs < last.as && releasedAs > last.as && !isLate && !named.has(name), `${name} is forgotten`),
  )
}

const isCut = (what: string, reports: Member['reports']) =>
  reports.some(({ report }) => report.cut.some(({ name, path }) => name === what || path === what))

/** No work of any draining lifecycle ends after an `onStop` function ran, unless that one's time was up. */
const nothingNeedsWhatIsClosed: MemberRule = ({ calledInTime, index }, { members }) =>
  calledInTime.flatMap((call) =>
    members
      .filter(({ drainedFrom }) => drainedFrom !== undefined && drainedFrom.as < call)
      .flatMap(({ worked, reports }) =>
        worked.filter(({ what, endedAs }) => endedAs > call && !isCut(what, reports)),
      )
      .map(({ what }) => `${what} ended after an onStop function of lifecycle ${index}`),
  )

const calledOnce = ({ name, calls }: Called) => when(calls.length !== 1, `${name} ran ${calls.length} times`)

const everyFunctionRunsOnce: MemberRule = ({ onStops, onDrains, reports, drainedFrom }, world) => [
  ...(drainedFrom === undefined ? [] : onDrains.filter(({ isLate }) => !isLate).flatMap(calledOnce)),
  ...(reports.length === 0 || isCutShort(world) ? [] : onStops.flatMap(calledOnce)),
]

const functionsRunInReverse: MemberRule = ({ onStops }) => {
  const ran = onStops.filter(({ calls, isLate }) => calls.length > 0 && !isLate)
  const inOrder = ran.every(
    ({ calls }, i) => i === 0 || (calls[0] as number) < (ran[i - 1]?.calls[0] as number),
  )
  return when(!inOrder, 'onStop functions did not run in reverse order')
}

/** What a function made of its turn is in the report. */
const everyFailureIsReported: MemberRule = ({ onStops, onDrains, reports }, world) => {
  const report = reports[0]?.report
  if (report === undefined || isCutShort(world)) return []
  const outcomes = new Map(report.hooks.map(({ name, outcome }) => [name, outcome]))
  const expected = ({ is }: Called) =>
    ({ returns: 'done', throws: 'failed', hangs: 'timed-out' })[is.kind as 'hangs']
  const failures = report.hooks.filter(({ outcome }) => outcome !== 'done').length
  const onDrainsThatFailed = onDrains.filter(({ hasSucceeded, isLate }) => !hasSucceeded && !isLate).length
  const onStopsThatFailed = onStops.filter(({ name }) => outcomes.get(name) !== 'done').length
  return [
    ...onStops.flatMap((hook) => {
      const outcome = expected(hook)
      return when(
        outcome !== undefined && outcomes.get(hook.name) !== outcome,
        `${hook.name}: ${outcomes.get(hook.name)}`,
      )
    }),
    ...when(
      failures < onDrainsThatFailed + onStopsThatFailed,
      'an onDrain function that failed is not reported',
    ),
    ...when(report.clean !== (report.cut.length === 0 && failures === 0), `clean is ${report.clean}`),
  ]
}

const itStopsInTime: MemberRule = ({ reports, deadline, drainedFrom, index }, { exit }) => {
  const at = reports[0]?.at
  if (drainedFrom === undefined || at === undefined) {
    return when(drainedFrom !== undefined && exit === undefined, `lifecycle ${index} never stopped`)
  }
  return [
    ...when(at > deadline + rounding, `lifecycle ${index} stopped at ${at}, not by ${deadline}`),
    ...when(reports.length > 1, `lifecycle ${index} stopped ${reports.length} times`),
  ]
}

/** Nobody is turned away before the window is over, nor before the linger is while somebody is idle; idle ones go last. */
const newcomersAreServedToTheEnd: MemberRule = (member, world) => {
  const { lifecycle, servers, drainedFrom, closing, hurriedAt } = member
  const { plan } = lifecycle
  if (drainedFrom === undefined || plan.at === undefined || closing === undefined) return []
  if (isCutShort(world)) return []
  const patience = Math.min(hurriedAt ?? Number.POSITIVE_INFINITY, plan.at.cutoff)
  const windowEnd = Math.min(drainedFrom.at + plan.window.min, patience)
  const lingerEnd = Math.min(drainedFrom.at + plan.window.min + plan.linger, patience)
  // Who still comes through the door shall not be cut: it closes a second before the cutoff.
  const doorEnd = Math.max(windowEnd, Math.min(lingerEnd, plan.at.cutoff - 1000))
  const end = closing.hadIdle ? doorEnd : windowEnd
  return [
    ...when(closing.at < end - rounding, `closing at ${closing.at} before ${end}`),
    ...servers.flatMap(({ askedToStop = Infinity, askedToCloseIdle = Infinity }) => [
      ...when(askedToStop < closing.at, `closed at ${askedToStop} before ${closing.at}`),
      ...when(askedToCloseIdle < closing.at, `idle closed at ${askedToCloseIdle} before ${closing.at}`),
      ...when(
        askedToCloseIdle < lingerEnd - rounding,
        `idle closed at ${askedToCloseIdle} before ${lingerEnd}`,
      ),
    ]),
  ]
}

/** At least half of the time there is belongs to requests, however short it has become. */
const workGetsItsShare: MemberRule = ({ cutoffAt, patience, index }) =>
  when(
    cutoffAt !== undefined && cutoffAt < patience - rounding,
    `lifecycle ${index} cut at ${cutoffAt} before ${patience}`,
  )

const stopGivesTheReport: MemberRule = ({ resolved, reports }, { end }) =>
  when(
    end?.forced !== true && resolved !== undefined && resolved !== reports[0]?.report,
    'stop() resolved with another report',
  )

/** The process exits because of a signal or a crash, by the deadline; never because of `stop()` alone. */
const exitsInTime: Rule = ({ end, exit }) => {
  if (end === undefined) return when(exit !== undefined, `exited with ${exit?.code} by itself`)
  if (exit === undefined) return ['never exited']
  return [
    ...when(
      exit.at > Math.max(end.deadline + 250, end.kill - 100) + rounding && !end.atOnce,
      `exited at ${exit.at}, not by ${end.deadline} nor 100 ms before ${end.kill}`,
    ),
    ...when(exit.at > end.kill && !end.atOnce, `exited at ${exit.at}, after SIGKILL at ${end.kill}`),
  ]
}

const codesOfSignals = { SIGTERM: 143, SIGINT: 130 } as const

/** 130 if forced, 0 only if nothing went wrong, and not 0 if everything is clean and nothing crashed. */
const exitsWithTheRightCode: Rule = ({ end, exit, members, handlers }) => {
  if (end === undefined || exit === undefined) return []
  if (end.atOnce) return when(![1, 130].includes(exit.code), `exit code ${exit.code} at once`)
  const ended = members.flatMap(({ reports, forcedExitCode }) =>
    reports.filter(({ as }) => as > end.as).map(({ report }) => ({ report, forcedExitCode })),
  )
  const unclean = ended.filter(({ report }) => !report.clean).map(({ forcedExitCode }) => forcedExitCode)
  const allowed = end.crashedAt === undefined ? unclean : [1, ...unclean]
  if (end.forced) return when(exit.code !== 130, `exit code ${exit.code} although forced`)
  const ran = handlers.filter(({ called }) => called.calls.length > 0)
  const isFailure = ({ called: { is }, exits }: OtherHandler) =>
    is.kind === 'throws' || (exits === undefined && ['rejects', 'hangs'].includes(is.kind))
  if (ran.some(isFailure)) allowed.push(1)
  const theirs = ran.find(
    ({ called: { is }, exits, signal }) => is.kind !== 'throws' && exits && exits !== codesOfSignals[signal],
  )?.exits
  // One that takes too long is a failure, also where every report had been written.
  const isLate =
    exit.at >= end.deadline && ran.some(({ called: { is }, exits }) => !exits && is.kind === 'resolves')
  const clean = isLate ? [theirs ?? 0, 1] : [theirs ?? 0]
  return when(
    !(allowed.length === 0 ? clean : allowed).includes(exit.code),
    `exit code ${exit.code}, not ${allowed}`,
  )
}

/** Other people's handlers run once, and when every `onStop` function has had its turn, unless one of these took too long. */
const othersRunLast: Rule = ({ end, exit, members, handlers }) => {
  if (end === undefined || exit === undefined) return []
  const isLate = members.some(({ reports }) =>
    reports.some(({ report }) => report.hooks.some(({ outcome }) => outcome === 'timed-out')),
  )
  const hooksAfter = (call: number) =>
    members
      .filter(({ drainedFrom }) => drainedFrom !== undefined && drainedFrom.as < call)
      .flatMap(({ onStops }) =>
        onStops.flatMap(({ name, calls }) =>
          when(
            calls.some((as) => as > call),
            name,
          ),
        ),
      )
  const isDue = ({ signal, installedAs }: OtherHandler) => signal === end.signal && installedAs < end.as
  return handlers.flatMap((handler) => {
    const { name, calls } = handler.called
    const isCertain = isDue(handler) && !end.forced && !end.atOnce
    return [
      ...when(calls.length > 1, `${name} ran ${calls.length} times`),
      ...when(isCertain && calls.length === 0, `${name} never ran`),
      ...(isLate ? [] : calls.flatMap(hooksAfter).map((hook) => `${hook} ran after ${name}`)),
    ]
  })
}

/** A handler that awaits the drain that it is a part of does not wait for itself. */
const nobodyWaitsForHimself: Rule = ({ exit, members, handlers }) => {
  if (exit === undefined) return []
  const mayBeLate = handlers.some(({ called }) => ['hangs', 'resolves', 'rejects'].includes(called.is.kind))
  const hooks = members.flatMap(({ reports }) => reports.flatMap(({ report }) => report.hooks))
  const isLate = hooks.some(({ name, outcome }) => outcome === 'timed-out' && name.includes(' handler '))
  return when(isLate && !mayBeLate, 'a handler has waited in vain')
}

/** A process that lives on is as if there had been no lifecycle. */
const nothingIsLeftBehind: Rule = ({ bench, exit, members, handlers }) => {
  if (exit !== undefined || members.some(({ lifecycle }) => lifecycle.state !== 'stopped')) return []
  const left = ['SIGTERM', 'SIGINT', 'uncaughtException'].filter(
    (event) => bench.process.listenerCount(event) > handlers.filter(({ signal }) => signal === event).length,
  )
  return [
    ...when(left.length > 0, `listeners of ${left}`),
    ...when(bench.clock.pending > 0, 'pending timers'),
  ]
}

const memberRules: readonly MemberRule[] = [
  noRequestIsLost,
  noHoldIsForgotten,
  nothingNeedsWhatIsClosed,
  everyFunctionRunsOnce,
  functionsRunInReverse,
  everyFailureIsReported,
  itStopsInTime,
  newcomersAreServedToTheEnd,
  workGetsItsShare,
  stopGivesTheReport,
]
const rules: readonly Rule[] = [
  exitsInTime,
  exitsWithTheRightCode,
  othersRunLast,
  nobodyWaitsForHimself,
  nothingIsLeftBehind,
]

const broken = (world: World, of: readonly Rule[], ofMembers: readonly MemberRule[]) => [
  ...world.wrongs,
  ...of.flatMap((rule) => rule(world)),
  ...world.members.flatMap((member) => ofMembers.flatMap((rule) => rule(member, world))),
]

/** Everything that was wrong with a life. */
export const wrongsOf = (world: World): string[] => broken(world, rules, memberRules)

/** What has to hold even where servers do not do what they promise. */
export const wrongsInSpiteOfServers = (world: World): string[] =>
  broken(
    world,
    [exitsInTime],
    [everyFunctionRunsOnce, functionsRunInReverse, itStopsInTime, stopGivesTheReport],
  )
