import { fileURLToPath } from 'node:url'
import {
  createProgressPrinter,
  type RehearsalReport,
  type RehearseOptions,
  rehearse,
  renderComparison,
  renderReport,
} from '@lameduck/rehearse'
import { judge } from './judge.js'

const load = { replicas: 3, rollouts: 2, rps: 200, connections: 40, probePeriod: 0.5 }

/** How a service is spoken to: what it is asked, and how it is probed. */
type Speech = Pick<RehearseOptions, 'path' | 'post' | 'expect' | 'mix' | 'ready' | 'live'>

const http: Speech = { path: '/slow?ms=50', post: '/upload', expect: 'waited' }

/** One way to start a service. */
interface Version {
  /** What the table calls it. */
  readonly name: string
  /** What is said before it is rehearsed. */
  readonly title: string
  readonly script: URL
}

/** The same service, stopped in two ways. */
export interface Comparison {
  readonly ours: Version
  readonly plain: Version
  /** Default: HTTP, on the routes that all examples have. */
  readonly speech?: Speech
}

/** Rolls a service out under load, with lameduck and without, shows what became of the requests, and sets the exit code. */
export async function compare({ ours, plain, speech = http }: Comparison): Promise<void> {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(name))

  const run = async ({ title, script }: Version, grace: number): Promise<RehearsalReport> => {
    const printer = createProgressPrinter(process.stdout)
    console.log(`\n${title}\n`)
    const command = [process.execPath, fileURLToPath(script)]
    const report = await rehearse(
      { ...load, ...speech, command, grace },
      { observe: printer.observe, signal: interrupted.signal },
    )
    printer.clear()
    console.log(`\n${renderReport(report)}`)
    return report
  }

  try {
    const reports = { ours: await run(ours, 30), plain: await run(plain, 10) }
    const rows = [
      { name: ours.name, report: reports.ours },
      { name: plain.name, report: reports.plain },
    ]
    console.log(`\n${renderComparison(rows)}`)
    const { passed, sentence } = judge(reports.ours, reports.plain)
    console.log(sentence)
    process.exitCode = passed ? 0 : 1
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
    console.error(`\n${interrupted.signal.reason}: everything that was started has been ended`)
    process.exitCode = interrupted.signal.reason === 'SIGINT' ? 130 : 143
  }
}
