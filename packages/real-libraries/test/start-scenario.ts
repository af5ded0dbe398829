import { type ForkedServer, type ForkOptions, startScript } from '@lameduck/conformance'

/** Forks the scenario of this name and waits until it is ready. */
export async function startScenario(name: string, options: ForkOptions = {}): Promise<ForkedServer> {
  const server = await startScript(new URL(`scenarios/${name}.mjs`, import.meta.url), options)
  await server.line('ready')
  return server
}
