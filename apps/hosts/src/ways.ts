import type { Host } from './host.js'
import type { HostSettings } from './start-host.js'

/** How lameduck comes into a host: not at all, before it, or in its code. */
export type Way = 'without' | 'preload' | 'native'

/** What Node is given to drain whatever it starts. */
export const preload = ['--import', '@lameduck/register']

/** The ways in which a host is tried. */
export function waysOf(host: Host): [Way, Pick<HostSettings, 'program' | 'lameduck' | 'nodeArguments'>][] {
  return [
    ['without', { program: host.start, lameduck: false }],
    ['preload', { program: host.start, lameduck: true, nodeArguments: preload }],
    ...(host.native === undefined
      ? []
      : ([['native', { program: host.native, lameduck: true }]] satisfies [Way, unknown][])),
  ]
}
