import { ForkedServer, type ForkOptions, startScript } from '@lameduck/conformance'

const scriptOf = (name: string) => new URL(`${name}.mjs`, import.meta.url)

/** Forks the scenario of this name and waits until it listens. */
export async function startScenario(name: string, options: ForkOptions = {}): Promise<ForkedServer> {
  const server = await startScript(scriptOf(name), options)
  await server.line('ready')
  return server
}

/** Forks the scenario of this name, which may never listen. */
export function forkScenario(name: string, options: ForkOptions = {}): ForkedServer {
  return new ForkedServer(scriptOf(name), options)
}
