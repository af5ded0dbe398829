import { isKnown } from '../../model/fact.js'
import { dependencyAt, lameduckIn, librariesOf } from '../../model/package.js'
import { linksOf } from '../../start/start.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import type { PackageSubject } from '../subjects.js'

/** How something starts that has a handler of its own which leaves first. */
function startText({ pkg, starts }: PackageSubject): string {
  const words = starts.flatMap((start) => linksOf(start, 'node').map(({ words: all }) => all.join(' ')))
  return [pkg.script('start')?.text ?? '', ...words].join('\n')
}

/** Whether lameduck takes over what others have registered. */
function defers({ drain, code }: PackageSubject): boolean {
  const option = code?.options.get('otherHandlers')
  return drain.ending === 'lameduck' && !(option && isKnown(option) && option.value === 'leave')
}

function checkFastifyCli(subject: PackageSubject): Outcomes {
  const text = startText(subject)
  const [line] = /\bfastify start\b[^\n]*/.exec(text) ?? []
  if (line === undefined) return undefined
  if (defers(subject)) return pass
  const [, delay] = /(?:-g|--close-grace-delay)[ =](\d+)/.exec(line) ?? []
  if (delay !== undefined) return pass
  const at = subject.pkg.script('start')?.place ?? subject.pkg.tree.place
  return fail({
    at,
    computed: `${line}: 500 ms`,
    message: 'fastify-cli ends the process 500 ms after SIGTERM unless -g says otherwise',
  })
}

function checkApollo(subject: PackageSubject): Outcomes {
  const { pkg, code } = subject
  if (
    !['@apollo/server', 'apollo-server', 'apollo-server-express'].some((name) => pkg.dependencies.has(name))
  )
    return undefined
  // Nest switches it off in the servers that it makes.
  if (defers(subject) || pkg.dependencies.has('@nestjs/apollo')) return pass
  if (code === undefined)
    return unseen({
      at: pkg.tree.place,
      computed: 'stopOnTerminationSignals ?',
      message: 'the sources of the package were not found',
    })
  if (code.mentions(/stopOnTerminationSignals\s*:\s*false/) !== undefined) return pass
  if (lameduckIn(pkg).length === 0 && librariesOf(pkg).length === 0 && !code.handlesStop) return undefined
  return fail({
    at: dependencyAt(subject.pkg, '@apollo/server'),
    computed: 'stopOnTerminationSignals: true (the default)',
    message:
      'Apollo stops at SIGTERM by itself, beside whatever else drains, and sends the signal again when it is done',
  })
}

function checkNext(subject: PackageSubject): Outcomes {
  const { pkg, code } = subject
  if (!pkg.dependencies.has('next')) return undefined
  const text = startText(subject)
  if (!/\bnext start\b|standalone\/server\.js/.test(text)) return undefined
  if (defers(subject) || /NEXT_MANUAL_SIG_HANDLE=(?:1|true)/.test(text)) return pass
  if (!code?.handlesStop && librariesOf(pkg).length === 0) return undefined
  const at = pkg.script('start')?.place ?? pkg.tree.place
  return fail({
    at,
    computed: 'next start, own handler, no NEXT_MANUAL_SIG_HANDLE',
    message: "Next's own handler of SIGTERM ends the process without waiting for yours",
  })
}

/** Rules about frameworks that listen to SIGTERM themselves. */
export const frameworkRules = [
  rule({
    id: 'P09',
    name: 'fastify-cli-delay',
    severity: 'warning',
    subject: 'package',
    check: checkFastifyCli,
    why: 'fastify-cli closes with close-with-grace, and its delay is 500 ms unless `-g` says otherwise: whatever takes longer is cut.',
    fix: 'fastify start -g 25000 …, or lameduck, which defers that handler.',
    sources: ['https://github.com/fastify/fastify-cli#options'],
  }),
  rule({
    id: 'P10',
    name: 'apollo-own-signals',
    severity: 'warning',
    subject: 'package',
    check: checkApollo,
    why: 'Apollo Server listens to SIGTERM by itself, stops, and sends the signal again. Beside another handler it ends the process before that one is done.',
    fix: 'stopOnTerminationSignals: false, or lameduck, which defers that handler.',
    sources: ['https://www.apollographql.com/docs/apollo-server/api/apollo-server#stoponterminationsignals'],
  }),
  rule({
    id: 'P11',
    name: 'next-own-signals',
    severity: 'warning',
    subject: 'package',
    check: checkNext,
    why: '`next start` handles SIGTERM by itself, and ends the process without waiting for handlers of yours.',
    fix: 'NEXT_MANUAL_SIG_HANDLE=true, or lameduck, which defers that handler.',
    sources: ['https://nextjs.org/docs/app/guides/self-hosting#manual-graceful-shutdowns'],
  }),
]
