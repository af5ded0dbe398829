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
import { ownCloseCases } from './cases/own-close-cases.js'
import { pipeliningCases } from './cases/pipelining-cases.js'
import { probeCases } from './cases/probe-cases.js'
import { signalCases } from './cases/signal-cases.js'
import { stoppingCases } from './cases/stopping-cases.js'
import { streamCases } from './cases/stream-cases.js'
import { uploadCases } from './cases/upload-cases.js'
import { webSocketCases } from './cases/web-socket-cases.js'
import { windowCases } from './cases/window-cases.js'
import { type BehaviourCase, isHttp2, type ServerUnderTest } from './server-under-test.js'

/** The behaviour that every server of HTTP/1 shows, each case on a process of its own. */
export const behaviour: Readonly<Record<string, readonly BehaviourCase[]>> = {
  'the window': windowCases,
  'idle connections': idleCases,
  'requests in flight': inFlightCases,
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

/** Declares the whole suite for one server: the one of the protocol that it names. */
export function describeServer(subject: ServerUnderTest): void {
  if (subject.onlyInMatrix && process.env['LAMEDUCK_TEST_MATRIX'] === undefined) {
    console.info(
      `${subject.name}: is like others that are tested here, and has its turn in \`pnpm test:matrix\``,
    )
    test.skip(`${subject.name}: in the matrix`)
    return
  }
  const shown = (cases: readonly BehaviourCase[]) =>
    cases.filter(({ needs }) => needs === undefined || subject.capabilities.includes(needs))

  describe.concurrent(subject.name, () => {
    for (const [title, cases] of Object.entries(isHttp2(subject.protocol) ? http2Behaviour : behaviour)) {
      const own = shown(cases)
      if (own.length === 0) continue
      describe(title, () => {
        for (const each of own) test(each.name, limitsOf(each), () => each.run(subject))
      })
    }
  })
  describe.sequential(`${subject.name} under load`, () => {
    for (const each of shown(isHttp2(subject.protocol) ? http2Loads : loads))
      test(each.name, limitsOf(each), () => each.run(subject))
  })
}
