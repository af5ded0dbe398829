import { subscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:net'
import { promisify } from 'node:util'

/** What is needed of a lifecycle to close servers inside its drain. */
interface ClosingLifecycle {
  onDrain(fn: () => unknown): unknown
  onStop(name: string, fn: () => unknown): unknown
}

const ways: Readonly<Record<string, (server: Server) => Promise<unknown>>> = {
  callback: (server) => new Promise<void>((resolve) => server.close(() => resolve())),
  promise: (server) => promisify(server.close.bind(server))(),
  dispose: (server) => server[Symbol.asyncDispose](),
}

/** As an application that closed its servers by itself before it had a lifecycle: in `step`, each of them in every way. */
export function closeServers(
  lifecycle: ClosingLifecycle,
  step: string,
  told: (line: Readonly<Record<string, unknown>>) => void,
): void {
  const servers = new Set<Server>()
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    servers.add((message as { server: Server }).server)
  })
  const close = async () => {
    for (const [way, closed] of Object.entries(ways)) {
      await Promise.all([...servers].map(closed))
      told({ closed: way })
    }
  }
  if (step === 'onStop') lifecycle.onStop('close', close)
  else lifecycle.onDrain(close)
}
