import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeServers } from './close-servers.js'
import { sayLastLines } from './last-lines.js'

/** The part of a lifecycle that subjects use. */
export interface ObservedLifecycle {
  readonly state: string
  readonly signal: AbortSignal
  readonly cutoff: AbortSignal
  on(event: 'stopped', fn: (report: never) => void): unknown
  onDrain(fn: () => unknown): unknown
  onStop(name: string, fn: () => unknown): unknown
}

/** Tells the test something: one JSON line on stdout. */
export function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** The lifecycle options that the test asked for. */
export function testOptions(): Record<string, unknown> {
  return JSON.parse(process.env['SUBJECT_OPTIONS'] ?? '{}') as Record<string, unknown>
}

/** Milliseconds that the test wants between listening and being ready. */
export function startupTime(): number {
  return Number(process.env['SUBJECT_STARTUP'] ?? 0)
}

/** The port that the test wants the subject to listen on; `0`: any. */
export function testPort(): number {
  return Number(process.env['SUBJECT_PORT'] ?? 0)
}

const context = new AsyncLocalStorage<string>()

/** The async context that handlers run in: the application's, as it was when it began to listen. */
export const contextOf = (): string => context.getStore() ?? 'none'

/** Prints what a lifecycle goes through. */
export function observe(lifecycle: Omit<ObservedLifecycle, 'state'>): void {
  context.enterWith('application')
  lifecycle.signal.addEventListener('abort', () => say({ draining: true }))
  lifecycle.cutoff.addEventListener('abort', () => say({ cutoff: true }))
  lifecycle.on('stopped', (report) => say({ report }))
  sayLastLines(lifecycle)
  const step = process.env['SUBJECT_CLOSE']
  if (step !== undefined) closeServers(lifecycle, step, say)
}

/** To be called when the server listens; says when the lifecycle has become ready, whoever makes it so. */
export async function sayListening(lifecycle: Pick<ObservedLifecycle, 'state'>, port: number): Promise<void> {
  say({ listening: port })
  while (lifecycle.state === 'starting') await sleep(5)
  say({ ready: true })
}
