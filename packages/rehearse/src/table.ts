import Table from 'cli-table3'
import type { RehearsalReport, ReplicaReport } from './report.js'
import type { Counts } from './tally.js'

const plain = {
  style: { head: [], border: [] },
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
}
const shownFailures = 8

/** A rehearsal as a table for people: a row for each replica, the totals, the first losses, the verdict. */
export function renderReport(report: RehearsalReport): string {
  const table = new Table({
    ...plain,
    head: ['replica', 'roll-out', 'requests', 'lost', 'refused', 'drain', 'ended by', 'liveness'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'left', 'left'],
  })
  for (const replica of report.replicas) table.push(replicaRow(replica))
  if (report.withoutEndpoint)
    table.push(['no endpoint', '', ...countCells(report.withoutEndpoint), '', '', ''])
  if (report.balancer && report.balancer.requests > 0)
    table.push([report.balancer.kind, '', ...countCells(report.balancer), '', 'by itself', ''])
  table.push(['all', '', ...countCells(report.totals), '', sigkillCell(report.sigkills), ''])
  return [
    table.toString(),
    latencyLine(report),
    ...balancerLines(report),
    ...lateLines(report),
    ...failureLines(report),
    verdictLine(report),
  ].join('\n')
}

/** Several rehearsals side by side, one column each. */
export function renderComparison(rehearsals: readonly { name: string; report: RehearsalReport }[]): string {
  const table = new Table({ ...plain, head: ['', ...rehearsals.map(({ name }) => name)] })
  const row = (title: string, cell: (report: RehearsalReport) => string) => {
    table.push([title, ...rehearsals.map(({ report }) => cell(report))])
  }
  row('requests', ({ totals }) => String(totals.requests))
  row('lost', ({ totals }) => lostCell(totals))
  row('refused', ({ totals }) => String(totals.refused))
  row('SIGKILL needed', ({ sigkills }) => String(sigkills))
  row('p50 / p99', ({ latency }) => (latency ? `${ms(latency.p50)} / ${ms(latency.p99)}` : '-'))
  row('drain time', ({ replicas }) => drainRange(replicas))
  row('replicas rolled out', ({ replicas }) =>
    String(replicas.filter(({ drainMs }) => drainMs !== null).length),
  )
  row('verdict', ({ passed }) => (passed ? 'passed' : 'failed'))
  return table.toString()
}

function replicaRow(replica: ReplicaReport): string[] {
  return [
    replica.id,
    String(replica.rollout),
    ...countCells(replica),
    replica.drainMs === null ? '-' : seconds(replica.drainMs),
    endCell(replica),
    livenessCell(replica),
  ]
}

function countCells(counts: Counts): [string, string, string] {
  return [String(counts.requests), lostCell(counts), String(counts.refused)]
}

function lostCell({ lost, lostByCause }: Counts): string {
  if (lost === 0) return '0'
  const causes = Object.entries(lostByCause).map(([cause, n]) => `${n} ${cause}`)
  return `${lost} (${causes.join(', ')})`
}

function endCell({ drainMs, sigkill, died, exitCode, exitSignal, readyAfterMs }: ReplicaReport): string {
  if (sigkill) return 'SIGKILL'
  const end = exitSignal ?? (exitCode === null ? '-' : `exit ${exitCode}`)
  if (died) return `${end}, by itself`
  if (readyAfterMs === null) return 'never ready'
  return drainMs === null ? 'end of rehearsal' : end
}

function livenessCell({ livenessFailures: { serving, draining } }: ReplicaReport): string {
  if (serving + draining === 0) return 'ok'
  return `${serving + draining} failed${draining > 0 ? `, ${draining} draining` : ''}`
}

function sigkillCell(sigkills: number): string {
  return sigkills === 0 ? '' : `${sigkills} × SIGKILL`
}

function latencyLine({ latency, durationMs }: RehearsalReport): string {
  const took = `took ${seconds(durationMs)}`
  return latency ? `p50 ${ms(latency.p50)}, p99 ${ms(latency.p99)}, max ${ms(latency.max)}; ${took}` : took
}

function lateLines({ late }: RehearsalReport): string[] {
  if (late.requests === 0) return []
  return [
    `${late.requests} requests waited for a free connection, ${ms(late.maxMs)} at most: more --connections would show more`,
  ]
}

function balancerLines({ balancer }: RehearsalReport): string[] {
  return balancer ? [`behind ${balancer.version}: ${balancer.told}`] : []
}

function failureLines({ failures }: RehearsalReport): string[] {
  const lines = failures.slice(0, shownFailures).map((failure) => {
    const when =
      failure.afterSigtermMs === undefined ? '' : `, ${ms(failure.afterSigtermMs)} after its SIGTERM`
    return (
      `  ${seconds(failure.atMs)}  ${failure.cause}: ${failure.method} ${failure.path} at ${failure.replica ?? 'nobody'}${when}, ` +
      `on a ${failure.connection} connection (${failure.detail})` +
      (failure.balancerLog === undefined ? '' : `\n         ${failure.balancerLog}`)
    )
  })
  return lines.length === 0 ? [] : ['first lost or refused requests:', ...lines]
}

function verdictLine({ passed, reasons }: RehearsalReport): string {
  return passed ? 'passed: nothing lost' : `failed: ${reasons.join('; ')}`
}

function drainRange(replicas: readonly ReplicaReport[]): string {
  const drains = replicas.flatMap(({ drainMs }) => (drainMs === null ? [] : [drainMs]))
  return drains.length === 0 ? '-' : `${seconds(Math.min(...drains))} to ${seconds(Math.max(...drains))}`
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

function seconds(value: number): string {
  return `${(value / 1000).toFixed(1)} s`
}
