import { describe, test } from 'vitest'
import { closingCases } from './cases/closing-cases.js'
import { cutoffCases } from './cases/cutoff-cases.js'
import { exitCases } from './cases/exit-cases.js'
import { http2CutoffCases } from './cases/http2-cutoff-cases.js'
import { http2LoadCases } from './cases/http2-load-cases.js'
import { http2ProbeCases } from './cases/http2-probe-cases.js'
import { http2SessionCases } from './cases/http2-session-cases.js'
import { http2StoppingCases } from './cases/http2-stopping-cases.js'
import { http2StreamCases } from './cases/http2-stream-cases.js'
import { idleCases } from './cases/idle-cases.js'
import { inFlightCases } from './cases/in-flight-cases.js'
import { listenerCases } from './cases/listener-cases.js'
import { loadCases } from './cases/load-cases.js'
import { momentCases } from './cases/moment-cases.js'
import { ownCloseCases } from './cases/own-close-cases.js'
import { pipeliningCases } from './cases/pipelining-cases.js'
import { probeCases } from './cases/probe-cases.js'
import { randomMomentCases } from './cases/random-moment-cases.js'
import { signalCases } from './cases/signal-cases.js'
import { stoppingCases } from './cases/stopping-cases.js'
import { streamCases } from './cases/stream-cases.js'
import { uploadCases } from './cases/upload-cases.js'
import { webSocketCases } from './cases/web-socket-cases.js'
import { windowCases } from './cases/window-cases.js'
import { type BehaviourCase, type Capability, isHttp2, type ServerUnderTest } from './server-under-test.js'

/** The behaviour that every server of HTTP/1 shows, each case on a process of its own. */
export const behaviour: Readonly<Record<string, readonly BehaviourCase[]>> = {
  'the window': windowCases,
  'idle connections': idleCases,
  'requests in flight': inFlightCases,
  'the moment of the signal': [...momentCases, ...randomMomentCases],
  'pipelined requests': pipeliningCases,
  uploads: uploadCases,
  streams: streamCases,
  WebSockets: webSocketCases,
  'the listener': listenerCases,
  'the cutoff': cutoffCases,
  'signals and crashes': signalCases,
  'its own close': ownCloseCases,
  'a handler that stops it': stoppingCases,
  'the exit': exitCases,
  probes: probeCases,
}

/** The groups in which an adapter or a framework makes a difference; the others show what core makes of Node's sockets. */
export const groupsOfAdapters: readonly string[] = [
  'the window',
  'requests in flight',
  'the listener',
  'the cutoff',
  'signals and crashes',
  'its own close',
  'a handler that stops it',
  'the exit',
  'probes',
]

/** The same under load, one case after the other. */
export const loads: readonly BehaviourCase[] = [...loadCases, ...closingCases]

/** The behaviour that every server of HTTP/2 shows. */
export const http2Behaviour: Readonly<Record<string, readonly BehaviourCase[]>> = {
  sessions: http2SessionCases,
  streams: http2StreamCases,
  'the cutoff': http2CutoffCases,
  'its own close': ownCloseCases,
  'a handler that stops it': http2StoppingCases,
  'the exit': exitCases,
  probes: http2ProbeCases,
}

/** The same under load, one case after the other. */
export const http2Loads: readonly BehaviourCase[] = http2LoadCases

const limitsOf = ({ timeout = 120_000, retry = 0 }: BehaviourCase) => ({ timeout, retry })

const isMatrix = process.env['LAMEDUCK_TEST_MATRIX'] !== undefined

/** What each server has of what it needs for a case. */
function has({ capabilities }: ServerUnderTest, need: Capability | undefined): boolean {
  if (need === undefined || capabilities.includes(need)) return true
  return need === 'load' && isMatrix && capabilities.includes('load in the matrix')
}

/** What a server is like, where that is why something has its turn in the matrix only. */
function sayWhatWaits({ name, onlyInMatrix, groups, capabilities }: ServerUnderTest): void {
  const waits = onlyInMatrix
    ? 'everything'
    : groups
      ? `all but ${groups.join(', ')}`
      : capabilities.includes('load in the matrix')
        ? 'what takes tens of thousands of requests'
        : undefined
  if (waits !== undefined)
    console.info(`${name}: is like others that are tested here; in \`pnpm test:matrix\` only: ${waits}`)
}

/** Declares the whole suite for one server: the one of the protocol that it names. */
export function describeServer(subject: ServerUnderTest): void {
  if (!isMatrix) sayWhatWaits(subject)
  if (subject.onlyInMatrix && !isMatrix) {
    test.skip(`${subject.name}: in the matrix`)
    return
  }
  const isHidden = process.env['LAMEDUCK_TEST_PRELOAD'] !== undefined
  const isShown = ({ name, needs, asksNode }: BehaviourCase) => {
    if (isHidden && asksNode)
      console.info(`${subject.name}: nobody can ask Node for what this needs: ${name}`)
    return has(subject, needs) && !(isHidden && asksNode)
  }
  const isGiven = (group: string) => isMatrix || (subject.groups?.includes(group) ?? true)
  const shown = (group: string, cases: readonly BehaviourCase[]) =>
    isGiven(group) ? cases.filter(isShown) : []

  describe.concurrent(subject.name, () => {
    for (const [title, cases] of Object.entries(isHttp2(subject.protocol) ? http2Behaviour : behaviour)) {
      const own = shown(title, cases)
      if (own.length === 0) continue
      describe(title, () => {
        for (const each of own) test(each.name, limitsOf(each), () => each.run(subject))
      })
    }
  })
  const load = shown('under load', isHttp2(subject.protocol) ? http2Loads : loads)
  if (load.length === 0) return
  describe.sequential(`${subject.name} under load`, () => {
    for (const each of load) test(each.name, limitsOf(each), () => each.run(subject))
  })
}
