import { type ForkedServer, type ForkOptions, startScript } from '@lameduck/conformance'

/** `LAMEDUCK_TEST_GRPC=oldest` runs every server on the oldest grpc-js that is supported. */
const oldest =
  process.env['LAMEDUCK_TEST_GRPC'] === 'oldest'
    ? ['--import', new URL('oldest.mjs', import.meta.url).href]
    : []

/** Forks the scenario of this name and waits until it is ready. */
export async function startScenario(name: string, options: ForkOptions = {}): Promise<ForkedServer> {
  const server = await startScript(new URL(`${name}.mjs`, import.meta.url), {
    ...options,
    nodeArguments: [...oldest, ...(options.nodeArguments ?? [])],
  })
  await server.line('ready')
  return server
}
