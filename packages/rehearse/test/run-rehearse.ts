import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RehearsalReport } from '../src/report.js'

const main = fileURLToPath(new URL('../dist/esm/main.js', import.meta.url))

// Small numbers, so that a whole rehearsal takes a few seconds.
const short = ['--rps', '100', '--connections', '10', '--propagation', '200', '--probe-period', '0.1']

/** A run of the built command line. */
export interface Run {
  child: ChildProcess
  /** Resolves with the output so far when it has the text. */
  sees(text: string): Promise<string>
  /** The process ids that services have written down, at least one. */
  pids(): number[]
  ended: Promise<{ code: number | null; signal: string | null; output: string }>
}

/** Starts the built command line for one of the services in `services/`. */
export function startRehearse(service: string, ...options: string[]): Run {
  const file = fileURLToPath(new URL(`services/${service}.mjs`, import.meta.url))
  const args = [main, ...short, ...options, '--', process.execPath, file]
  const pidsFile = join(mkdtempSync(join(tmpdir(), 'rehearse-')), 'pids')
  const env = { ...process.env, PIDS_FILE: pidsFile }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
      for (const watch of watchers) watch()
    })
  }
  return {
    child,
    pids: () => readFileSync(pidsFile, 'utf8').trim().split('\n').map(Number),
    sees: (text) =>
      new Promise((resolve) => {
        const watch = () => {
          if (output.includes(text)) resolve(output)
        }
        watchers.add(watch)
        watch()
      }),
    ended: new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, output }))
    }),
  }
}

/** Runs the built command line to its end, and reads the report. */
export async function runRehearse(service: string, ...options: string[]) {
  const json = join(mkdtempSync(join(tmpdir(), 'rehearse-')), 'report.json')
  const { code, output } = await startRehearse(service, '--json', json, ...options).ended
  const report = JSON.parse(readFileSync(json, 'utf8')) as RehearsalReport
  return { code, output, report }
}

/** The process ids of the replicas, read from the progress. */
export function replicaPids(output: string): number[] {
  return [...output.matchAll(/started \(process (\d+),/g)].map(([, pid]) => Number(pid))
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
