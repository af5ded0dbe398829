import { readFileSync, writeFileSync } from 'node:fs'
import type { RolledOut } from './rehearse-host.js'
import type { Outcome } from './trial.js'
import type { Way } from './ways.js'

/** What was measured of a host. */
export interface HostResult {
  readonly version: string
  readonly outcomes: { readonly [Each in Way]?: Outcome }
  readonly rehearsal?: Readonly<Record<'without' | 'preload', RolledOut>>
}

/** By host. */
export type Results = Record<string, HostResult>

const file = new URL('../results.json', import.meta.url)

/** What was measured last. */
export const readResults = (): Results => JSON.parse(readFileSync(file, 'utf8'))

/** Keeps what was measured for the page. */
export const writeResults = (results: Results): void =>
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
