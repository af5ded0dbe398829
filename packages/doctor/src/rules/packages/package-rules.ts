import { dependencyAt, lameduckIn, librariesOf } from '../../model/package.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import type { PackageSubject } from '../subjects.js'

function checkLibraries(subject: PackageSubject): Outcomes {
  const { pkg } = subject
  const others = librariesOf(pkg)
  const [first, second] = others
  const hasOurs = lameduckIn(pkg).length > 0
  if (first === undefined && !hasOurs) return undefined
  if (first !== undefined && second !== undefined) {
    return fail({
      at: dependencyAt(subject.pkg, second),
      computed: others.join(', '),
      message: 'each handles SIGTERM by itself, and the first that leaves ends the process for all',
    })
  }
  if (first !== undefined && hasOurs) {
    return fail({
      severity: 'info',
      at: dependencyAt(subject.pkg, first),
      computed: `lameduck, ${first}`,
      message: 'one of them is enough: two handlers of SIGTERM in one process',
    })
  }
  return pass
}

function checkAbrupt({ code, drain }: PackageSubject): Outcomes {
  if (code === undefined || drain.ending === 'lameduck') return undefined
  if (code.abruptExits.length === 0) return code.handlesStop ? pass : undefined
  return code.abruptExits.map((at) =>
    fail({
      at,
      computed: "on('SIGTERM') → process.exit",
      message: 'it leaves in the middle of whatever is in flight',
    }),
  )
}

/** The oldest version that a range of `engines` allows. */
function oldestOf(range: string): readonly [number, number] | undefined {
  const parts = range.split('||').map((part) => /(\d+)(?:\.(\d+|x))?/.exec(part.replace(/<=?\s*\d\S*/g, '')))
  const versions = parts.flatMap((match) =>
    match ? [[Number(match[1]), Number(match[2] ?? 0) || 0] as const] : [],
  )
  return versions.sort(([a, b], [c, d]) => a - c || b - d)[0]
}

function checkEngines({ pkg }: PackageSubject): Outcomes {
  const range = pkg.tree.get('engines', 'node')
  const oldest = range?.text === undefined ? undefined : oldestOf(range.text)
  if (range === undefined || oldest === undefined) return undefined
  const [major, minor] = oldest
  if (major > 18 || (major === 18 && minor >= 2)) return pass
  return fail({
    at: range.place,
    computed: `${range.text} allows ${major}.${minor} < 18.2`,
    message: 'it allows versions that cannot close idle connections (closeIdleConnections)',
  })
}

function checkFork({ code, pkg }: PackageSubject): Outcomes {
  const [at] = code?.forks ?? []
  if (code === undefined) return undefined
  if (at === undefined) return undefined
  if (
    pkg.dependencies.has('@lameduck/cluster') ||
    code.mentions(/SIGTERM/) !== undefined ||
    lameduckIn(pkg).length > 0
  )
    return pass
  return fail({
    at,
    computed: 'cluster.fork, no SIGTERM',
    message: 'the primary gets SIGTERM and ends; its workers are cut',
  })
}

const senders = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/auto-instrumentations-node',
  'dd-trace',
  '@sentry/node',
  'applicationinsights',
]

function checkFlush(subject: PackageSubject): Outcomes {
  const { pkg, code } = subject
  const found = senders.find((name) => pkg.dependencies.has(name))
  if (found === undefined || lameduckIn(pkg).length === 0 || code === undefined) return undefined
  if (code.mentions(/onStop\(/) !== undefined) return pass
  return fail({
    at: dependencyAt(subject.pkg, found),
    computed: `${found}, no onStop`,
    message: 'what it has not sent when the drain is over is lost with the process',
  })
}

/** Rules about what stands in package.json, and in the code beside it. */
export const packageRules = [
  rule({
    id: 'P04',
    name: 'two-lifecycle-libs',
    severity: 'warning',
    subject: 'package',
    check: checkLibraries,
    why: 'Libraries that end a process in order each install a handler of SIGTERM. The first that calls process.exit ends it for all.',
    fix: 'Keep one.',
    sources: [sources.signalEvents],
  }),
  rule({
    id: 'P05',
    name: 'abrupt-exit-handler',
    severity: 'error',
    subject: 'package',
    check: checkAbrupt,
    why: 'A handler of SIGTERM that calls process.exit cuts every request in flight, in every roll-out.',
    fix: 'Use lameduck, or close the server and wait for it first.',
    sources: [sources.signalEvents],
  }),
  rule({
    id: 'P06',
    name: 'engines-old',
    severity: 'warning',
    subject: 'package',
    check: checkEngines,
    why: 'Before 18.2 Node cannot close idle connections: `server.close()` waits for clients that keep theirs open.',
    fix: 'Raise engines.node to a version that is maintained.',
    sources: ['https://nodejs.org/api/http.html#servercloseidleconnections'],
  }),
  rule({
    id: 'P07',
    name: 'cluster-no-forward',
    severity: 'info',
    subject: 'package',
    check: checkFork,
    why: 'The platform signals the primary of a cluster alone. One that does not hand the signal on ends, and its workers with it.',
    fix: 'Use lameduck in the workers and in the primary, or @lameduck/cluster.',
    sources: ['https://nodejs.org/api/cluster.html'],
  }),
  rule({
    id: 'P08',
    name: 'flush-in-on-stop',
    severity: 'info',
    subject: 'package',
    check: checkFlush,
    why: 'Tracers and reporters send in batches. What they have collected when the process ends is lost, and it is the part about the drain.',
    fix: "lifecycle.onStop('telemetry', () => sdk.shutdown())",
    sources: [sources.drain],
  }),
]
