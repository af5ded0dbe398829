import { type ForkedServer, type ForkOptions, type RawClient, startScript } from '@lameduck/conformance'
import { expect } from 'vitest'

/** How a host is asked: by the path itself, or in GraphQL. */
export type Ask = (client: RawClient, path: string) => ReturnType<RawClient['get']>

/** By the path itself. */
export const byPath: Ask = (client, path) => client.get(path)

/** How a host may differ from the others. */
interface Expected {
  /** It has a way to close of its own. */
  readonly closes?: boolean
  /** Where readiness is asked for. */
  readonly readyz?: string
}

const preload = ['--import', '@lameduck/register']

/** A window in which a busy machine has time for a few requests. */
const environment = {
  LAMEDUCK_PLATFORM: 'kubernetes',
  LAMEDUCK_SHUTDOWN_DELAY: '4s',
  LAMEDUCK_LINGER: '300ms',
}

/** Starts a host of `test/hosts` with the preload, and waits until it listens and is drained. */
export async function startHost(host: string | URL, options: ForkOptions = {}): Promise<ForkedServer> {
  const server = await startScript(new URL(host, new URL('hosts/', import.meta.url)), {
    nodeArguments: preload,
    ...options,
    env: { ...environment, ...options.env },
  })
  await server.until(() => server.stderr.includes('lameduck drains'), 60_000, 'nothing drains')
  return server
}

/** The lines that lameduck has logged. */
export const logged = ({ stderr }: { readonly stderr: string }): Readonly<Record<string, unknown>>[] =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('{"'))
    .map((line) => JSON.parse(line))

/**
 * Stops a host while it serves: a request in flight, kept-alive and new connections in the window are answered, the probes say so, its own
 * way to close runs last, and it leaves with 0.
 */
export async function drains(
  server: ForkedServer,
  ask: Ask = byPath,
  { closes = true, readyz = '/readyz' }: Expected = {},
): Promise<void> {
  const [slow, kept] = [await server.connect(), await server.connect()]
  expect(await ask(kept, '/quick')).toMatchObject({ status: 200 })
  const answered = ask(slow, '/slow')
  await server.line('asked')
  server.signal()
  await server.until(() => server.stderr.includes('"step":"draining"'), 60_000, 'the signal is not heard')
  const readiness = await (await server.connect()).get(readyz)
  const liveness = await (await server.connect()).get('/livez')
  expect([readiness.status, liveness.status]).toEqual([503, 200])
  const late = await ask(await server.connect(), '/quick')
  expect(late).toMatchObject({ status: 200, headers: { connection: 'close' } })
  expect(server.said('closed')).toEqual([])
  const asked = await ask(kept, '/release')
  expect(asked).toMatchObject({ status: 200, headers: { connection: 'close' } })
  expect(await answered).toMatchObject({ status: 200, headers: { connection: 'close' } })
  const { code, signal } = await server.exited()
  expect({ code, signal }, server.output).toEqual({ code: 0, signal: null })
  expect(server.said('closed'), server.output).toEqual(closes ? [true] : [])
  const last = logged(server).at(-1)
  expect(last).toMatchObject({ step: 'stopped', report: { clean: true, cut: [] } })
}
