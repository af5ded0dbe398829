import { createEndpointList, type Endpoint, type EndpointList } from '../endpoints.js'
import type { Observer } from '../events.js'
import type { ResolvedOptions } from '../options.js'
import type { ProcessGroups } from '../process-groups.js'
import { exitText } from '../replica-life.js'
import type { Balancer } from './balancer.js'
import { haproxy } from './haproxy.js'
import { nginx } from './nginx.js'
import { findProxy, startProxy } from './proxy.js'

/** A balancer that runs, and the list from which it learns of replicas. */
export interface RunningBalancer extends Balancer {
  endpoints: EndpointList
  /** Resolves with the reason when it ends, or cannot be told anything any more, before {@link ending} was called. */
  died: Promise<string>
  /** Its process is about to be ended. */
  ending(): void
  /** Removes what it has written, as soon as its process is gone. */
  end(): Promise<void>
}

const proxies = { nginx, haproxy }

/**
 * Checks that the program is there, before anything is started.
 *
 * @throws {UsageError} when it is not installed or cannot do what is needed
 */
export function checkBalancer({ lb }: Pick<ResolvedOptions, 'lb'>): void {
  if (lb === 'service') return
  proxies[lb].inspect(findProxy(proxies[lb]))
}

/**
 * Starts what spreads the load. Its process is in `groups`.
 *
 * @throws {UsageError} when the program does not start
 */
export async function startBalancer(
  { lb, propagation }: Pick<ResolvedOptions, 'lb' | 'propagation'>,
  groups: ProcessGroups,
  observe: Observer,
): Promise<RunningBalancer> {
  if (lb !== 'service') return startInFront(lb, propagation, groups, observe)
  const endpoints = createEndpointList(propagation)
  const died = new Promise<never>(() => {})
  return { pick: endpoints.pick, report: null, endpoints, died, ending() {}, async end() {} }
}

async function startInFront(
  kind: keyof typeof proxies,
  propagation: number,
  groups: ProcessGroups,
  observe: Observer,
): Promise<RunningBalancer> {
  const proxy = await startProxy(proxies[kind], groups)
  const { pid, address, exited, lastOutput } = proxy.process
  let isEnding = false
  let die: (reason: string) => void = () => {}
  const died = new Promise<string>((resolve) => {
    die = (reason) => {
      if (!isEnding) resolve(reason)
    }
  })
  observe({ type: 'balancerStarted', kind, version: proxy.version, pid, port: address.port })
  void exited.then(async (exit) => {
    if (!isEnding) observe({ type: 'balancerDied', kind, exit, output: await lastOutput() })
    die(`${kind} ended by itself (${exitText(exit)})`)
  })
  const tell = (list: Endpoint[]) =>
    proxy
      .tell(list)
      .catch((error: Error) => die(`${kind} could not be told of its endpoints: ${error.message}`))
  return {
    ...proxy,
    endpoints: createEndpointList(propagation, tell),
    died,
    ending() {
      isEnding = true
    },
    async end() {
      await exited
      proxy.cleanUp()
    },
  }
}
