import { fileURLToPath } from 'node:url'
import { type ForkedServer, type ForkOptions, startScript } from '@lameduck/conformance'

/** With these a scenario runs on the Nest that `NEST` in its environment names. */
export const nodeArguments = ['--import', fileURLToPath(new URL('../use-nest.mjs', import.meta.url))]

/** Which Nest a scenario runs on, beside what the lifecycle is given. */
export interface ScenarioOptions extends ForkOptions {
  readonly nest?: 11 | 12
}

/** Forks the scenario of this name and waits until it listens. */
export async function startScenario(
  name: string,
  { nest = 12, env, ...options }: ScenarioOptions = {},
): Promise<ForkedServer> {
  const server = await startScript(new URL(`${name}.mjs`, import.meta.url), {
    ...options,
    env: { ...env, NEST: String(nest) },
    nodeArguments: [...nodeArguments, ...(options.nodeArguments ?? [])],
  })
  await server.line('ready')
  return server
}
