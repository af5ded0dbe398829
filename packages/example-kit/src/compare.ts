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

const load = { replicas: 3, rps: 200, connections: 40, probePeriod: 0.5 }

/** How a service is spoken to: what it is asked, and how it is probed. */
type Speech = Pick<RehearseOptions, 'path' | 'post' | 'expect' | 'mix' | 'ready' | 'live'>

const http: Speech = { path: '/slow?ms=50', post: '/upload', expect: 'waited' }

/** One way to start a service. */
export interface Version {
  /** What the table calls it. */
  readonly name: string
  /** What is said before it is rehearsed. */
  readonly title: string
  readonly script: URL
  /** Default: HTTP, on the routes that all examples have. */
  readonly speech?: Speech
}

/** Services that stop well, and one that does not. */
export interface Comparison {
  readonly ours: readonly Version[]
  readonly plain: Version
  /** How often each is rolled out. */
  readonly rollouts: number
}

/** Rolls services out under load, with lameduck and without, shows what became of the requests, and sets the exit code. */
export async function compare({ ours, plain, rollouts }: Comparison): Promise<void> {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(name))

  const run = async ({ title, script, speech = http }: Version, grace: number): Promise<RehearsalReport> => {
    const printer = createProgressPrinter(process.stdout)
    console.log(`\n${title}\n`)
    const command = [process.execPath, fileURLToPath(script)]
    const report = await rehearse(
      { ...load, ...speech, rollouts, command, grace },
      { observe: printer.observe, signal: interrupted.signal },
    )
    printer.clear()
    console.log(`\n${renderReport(report)}`)
    return report
  }

  try {
    const rows = []
    for (const version of ours) rows.push({ name: version.name, report: await run(version, 30) })
    const contrast = { name: plain.name, report: await run(plain, 10) }
    console.log(`\n${renderComparison([...rows, contrast])}`)
    const { passed, sentence } = judge(rows, contrast.report)
    console.log(sentence)
    process.exitCode = passed ? 0 : 1
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
    console.error(`\n${interrupted.signal.reason}: everything that was started has been ended`)
    process.exitCode = interrupted.signal.reason === 'SIGINT' ? 130 : 143
  }
}
