// Rolls this service out under load and shows what became of the requests. usage: rehearse.js [roll-outs]
import { fileURLToPath } from 'node:url'
import { createProgressPrinter, rehearse, renderReport } from '@lameduck/rehearse'

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(name))

const printer = createProgressPrinter(process.stdout)
const report = await rehearse(
  {
    command: [process.execPath, fileURLToPath(new URL('./main.js', import.meta.url))],
    replicas: 3,
    rollouts: Number(process.argv[2] ?? 2),
    rps: 100,
    connections: 20,
    path: '/slow?ms=50',
    post: '/upload',
    expect: 'waited',
    grace: 30,
    probePeriod: 0.5,
  },
  { observe: printer.observe, signal: interrupted.signal },
)
printer.clear()
console.log(renderReport(report))
process.exitCode = report.passed ? 0 : 1
