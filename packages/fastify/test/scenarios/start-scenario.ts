import { type ForkedServer, type ForkOptions, startScript } from '@lameduck/conformance'

/** Forks the scenario of this name and waits until it listens. */
export async function startScenario(name: string, options: ForkOptions = {}): Promise<ForkedServer> {
  const server = await startScript(new URL(`${name}.mjs`, import.meta.url), options)
  await server.line('ready')
  return server
}
