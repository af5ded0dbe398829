// `npm start`: rolls this service out under load, with lameduck and without, and shows what became of the requests.
import { fileURLToPath } from 'node:url'
import {
  createProgressPrinter,
  type RehearsalReport,
  rehearse,
  renderComparison,
  renderReport,
} from '@lameduck/rehearse'
import { judge } from './judge.js'

const load = {
  replicas: 3,
  rollouts: 2,
  rps: 200,
  connections: 40,
  path: '/slow?ms=50',
  post: '/upload',
  expect: 'waited',
  probePeriod: 0.5,
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(name))

async function run(title: string, script: string, grace: number): Promise<RehearsalReport> {
  const printer = createProgressPrinter(process.stdout)
  console.log(`\n${title}\n`)
  const command = [process.execPath, fileURLToPath(new URL(script, import.meta.url))]
  const report = await rehearse(
    { ...load, command, grace },
    { observe: printer.observe, signal: interrupted.signal },
  )
  printer.clear()
  console.log(`\n${renderReport(report)}`)
  return report
}

try {
  const ours = await run('Fastify with lameduck: 3 replicas, rolled out twice under load', './main.js', 30)
  const plain = await run('The same app with process.on("SIGTERM", () => app.close())', './plain.js', 10)

  console.log(
    `\n${renderComparison([
      { name: '@lameduck/fastify', report: ours },
      { name: 'app.close() on SIGTERM', report: plain },
    ])}`,
  )
  const { passed, sentence } = judge(ours, plain)
  console.log(sentence)
  process.exitCode = passed ? 0 : 1
} catch (error) {
  if (!interrupted.signal.aborted) throw error
  console.error(`\n${interrupted.signal.reason}: everything that was started has been ended`)
  process.exitCode = interrupted.signal.reason === 'SIGINT' ? 130 : 143
}
