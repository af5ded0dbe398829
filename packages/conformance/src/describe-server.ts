import { describe, test } from 'vitest'
import { cutoffCases } from './cases/cutoff-cases.js'
import { idleCases } from './cases/idle-cases.js'
import { inFlightCases } from './cases/in-flight-cases.js'
import { listenerCases } from './cases/listener-cases.js'
import { loadCases } from './cases/load-cases.js'
import { pipeliningCases } from './cases/pipelining-cases.js'
import { probeCases } from './cases/probe-cases.js'
import { signalCases } from './cases/signal-cases.js'
import { streamCases } from './cases/stream-cases.js'
import { uploadCases } from './cases/upload-cases.js'
import { webSocketCases } from './cases/web-socket-cases.js'
import { windowCases } from './cases/window-cases.js'
import type { BehaviourCase, ServerUnderTest } from './server-under-test.js'

/** The behaviour that every server shows, each case on a process of its own. */
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
  probes: probeCases,
}

/** Declares the whole suite for one server. */
export function describeServer(subject: ServerUnderTest): void {
  const shown = (cases: readonly BehaviourCase[]) =>
    cases.filter(({ needs }) => needs === undefined || subject.capabilities.includes(needs))

  describe.concurrent(subject.name, () => {
    for (const [title, cases] of Object.entries(behaviour)) {
      describe(title, () => {
        for (const each of shown(cases))
          test(each.name, { timeout: each.timeout ?? 20_000 }, () => each.run(subject))
      })
    }
  })
  describe.sequential(`${subject.name} under load`, () => {
    // Whoever the kernel accepts in the microseconds in which a listener closes is reset, and nobody can save it. Under
    // this load that happens in one drain of a hundred: once may be that, twice in a row is ours.
    for (const each of shown(loadCases))
      test(each.name, { timeout: each.timeout ?? 20_000, retry: 1 }, () => each.run(subject))
  })
}
