import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Host } from './host.js'
import type { HostResult, Results } from './results.js'
import type { Outcome } from './trial.js'

const page = fileURLToPath(new URL('../../../docs/hosts.md', import.meta.url))

const introduction = `# Hosts

A framework that starts its own server is a host. Most of them need not know of lameduck at all: \`@lameduck/register\` in
front of the process drains it, in whatever way it is built.

\`\`\`sh
node --import @lameduck/register server.js
\`\`\`

In a container that is its command, without npm: npm and its shell end at SIGTERM and wait for nobody. Where \`npm start\` it has to
be, \`exec\` takes the shell away: \`"start": "exec node --import @lameduck/register server.js"\`.

Where a line of code does the same, it is here. Each of these programs is a test: it is started, asked something slow, told to
stop by SIGTERM, and asked on, over a connection that was open and over new ones. With lameduck in it every host answers all of
them, with \`Connection: close\`; \`/readyz\` is 503 and \`/livez\` 200 meanwhile; what the host itself does last does run; the exit
code is 0.

What they do by themselves, measured in the same way: what a request got that was under way at the signal, one on a connection
opened 400 ms later, one on a connection that was open (\`closed\`: the client saw it end before it asked); and
how the process ended, its clients keeping their connections.`

/** Writes docs/hosts.md from what was measured, and from the programs that were. */
export const writePage = (hosts: readonly Host[], results: Results): void =>
  writeFileSync(page, renderPage(hosts, results))

/** The page. */
export function renderPage(hosts: readonly Host[], results: Results): string {
  const measured = hosts.flatMap((host) => {
    const result = results[host.name]
    return result === undefined ? [] : [{ host, result }]
  })
  const rows = measured.map(({ host, result }) => {
    const { inFlight, newConnection, keptAlive, ...rest } = result.outcomes.without as Outcome
    return [
      `[${host.title}](#${anchor(host.title)}) ${result.version}`,
      host.write,
      inFlight,
      newConnection,
      keptAlive,
      ending(rest),
    ]
  })
  const heads = ['host', 'what to write', 'in flight', 'new connection', 'kept alive', 'end']
  const rolled = measured.flatMap(({ host, result: { rehearsal } }) =>
    rehearsal === undefined
      ? []
      : Object.entries(rehearsal).map(([way, { rollouts, requests, lost, refused }]) =>
          [
            host.title,
            way === 'without' ? 'without' : 'with the preload',
            rollouts,
            requests,
            lost,
            refused,
          ].map(String),
        ),
  )
  const parts = [introduction, table(heads, rows)]
  if (rolled.length > 0) {
    parts.push(
      'Rolled out by [`rehearse`](../packages/rehearse), three replicas under load, one after the other:',
      table(['host', '', 'roll-outs', 'requests', 'lost', 'refused'], rolled),
    )
  }
  return `${[...parts, ...measured.map(section)].join('\n\n')}\n`
}

function section({ host }: { host: Host; result: HostResult }): string {
  const text = `## ${host.title}\n\n${host.remark}`
  if (host.native === undefined) return text
  const file = `../hosts/${host.folder}/${host.native.script}`
  const code = readFileSync(new URL(file, import.meta.url), 'utf8')
  return `${text}\n\n\`\`\`js\n${code}\`\`\``
}

function ending({ exit, took }: Pick<Outcome, 'exit' | 'took'>): string {
  if (exit === undefined) return `still there after ${took / 1000} s`
  if (exit === 'SIGTERM' && took < 300) return 'dies at once'
  return `${exit} after ${(took / 1000).toFixed(1)} s`
}

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, i) => Math.max(3, head.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
