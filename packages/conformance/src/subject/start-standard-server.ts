import type { AddressInfo, Server } from 'node:net'
import { echoUpgrades } from './echo-upgrades.js'
import { type ObservedLifecycle, observe, sayListening, startupTime, testPort } from './observe.js'

/** The part of a lifecycle that a server needs to be drained by it. */
export interface AttachableLifecycle<AnyServer> extends ObservedLifecycle {
  attach(server: AnyServer): unknown
  ready(): Promise<void>
}

/** Puts a server under a lifecycle, listens, and tells the test everything that it waits for. */
export function startStandardServer<AnyServer extends Server>(
  lifecycle: AttachableLifecycle<AnyServer>,
  server: AnyServer,
): AnyServer {
  observe(lifecycle)
  // Node's own 5 s are soon over on a busy machine.
  if ('keepAliveTimeout' in server) server.keepAliveTimeout = 60_000
  echoUpgrades(server, lifecycle)
  lifecycle.attach(server)
  return server.listen(testPort(), '127.0.0.1', () => {
    setTimeout(() => lifecycle.ready(), startupTime())
    sayListening(lifecycle, (server.address() as AddressInfo).port)
  })
}
