import { closeSync, openSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { parseArguments } from './arguments.js'
import { badOption, UsageError } from './errors.js'
import { resolveOptions } from './options.js'
import { createProgressPrinter } from './progress.js'
import { rehearse } from './rehearse.js'
import { renderReport } from './table.js'

const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * The command line: reads the arguments, rehearses with progress on stdout, prints the table, writes the JSON.
 *
 * @param argv without the program: `process.argv.slice(2)`
 * @returns the exit code: 0 passed, 1 failed, 2 unusable arguments, 128 + n when interrupted by signal n
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const interrupted = new AbortController()
  const onInterrupt = (name: NodeJS.Signals) => interrupted.abort(name)
  const printer = createProgressPrinter(process.stdout)
  try {
    const parsed = parseArguments(argv)
    if (!parsed) return 0
    const options = resolveOptions(parsed.options)
    if (parsed.json !== undefined) checkWritable(parsed.json)

    for (const name of interrupts) process.on(name, onInterrupt)
    const report = await rehearse(options, { observe: printer.observe, signal: interrupted.signal })
    printer.clear()
    process.stdout.write(`\n${renderReport(report)}\n`)
    if (parsed.json !== undefined) writeFileSync(parsed.json, `${JSON.stringify(report, undefined, 2)}\n`)
    return report.passed ? 0 : 1
  } catch (error) {
    printer.clear()
    if (interrupted.signal.aborted) {
      const name = interrupted.signal.reason as NodeJS.Signals
      console.error(`${name}: everything that was started has been ended`)
      return 128 + constants.signals[name]
    }
    if (!(error instanceof UsageError)) throw error
    console.error(`rehearse: ${error.onCommandLine}`)
    return 2
  } finally {
    for (const name of interrupts) process.off(name, onInterrupt)
  }
}

function checkWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'))
  } catch (error) {
    throw badOption('json', `a file that can be written (${(error as Error).message})`, file)
  }
}
