import { type Called, createCalled } from './called.js'
import type { MemberHost } from './records.js'
import type { Action } from './scenario.js'

/** Somebody else's handler of a stop signal. */
export interface OtherHandler {
  readonly signal: 'SIGTERM' | 'SIGINT'
  readonly called: Called
  readonly installedAs: number
  /** What it gives to `process.exit`, if it calls that. */
  readonly exits: number | undefined
}

/** Installs a handler as an application or a library does. */
export function installHandler(
  host: MemberHost,
  { signal, is, exits, waits }: Extract<Action, { do: 'install' }>,
): OtherHandler {
  const called = createCalled(host, { name: host.name('handler'), is, isLate: false })
  host.bench.process.on(signal, () => {
    const result = called.fn()
    if (exits !== undefined) host.bench.process.exitByApplication(exits)
    // As people write it: it waits for the drain that it is a part of.
    return waits ? Promise.all([result, ...host.members.map(({ lifecycle }) => lifecycle.stop())]) : result
  })
  return { signal, called, installedAs: host.next(), exits }
}
