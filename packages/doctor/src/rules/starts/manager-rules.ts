import { isInContainer, type LinkOf, linksOf, type Start } from '../../start/start.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import type { PackageSubject, StartSubject } from '../subjects.js'
import { chainOf, sayShell, weightOf } from './weight.js'

/** Managers above which stands no shell of the same origin that is worse. */
const managersOf = (start: Start) => linksOf(start, 'manager')

const said = ({ name, script }: LinkOf<'manager'>) =>
  [name, name === 'node --run' ? script : script && `run ${script}`].filter(Boolean).join(' ')

function checkManager({ start }: StartSubject): Outcomes {
  if (!isInContainer(start)) return undefined
  const [manager] = managersOf(start)
  if (manager === undefined) return pass
  // `npx prisma migrate` is no service.
  if (manager.script === undefined && start.links.at(-1)?.kind === 'other') return undefined
  if (manager.execs && manager.name !== 'node --run') return pass
  const unseenScript = manager.script !== undefined && manager.text === undefined
  const unless = unseenScript ? `; whether its script "${manager.script}" begins with exec was not seen` : ''
  return fail({
    severity: weightOf(start.shell),
    at: manager.at,
    computed: chainOf(start),
    message: `${said(manager)} stands above node (${sayShell(start.shell)}): at SIGTERM its shell ends, ${manager.name} with it, and node is killed${unless}`,
  })
}

function checkScriptOf({ start }: StartSubject): Outcomes {
  const [manager] = managersOf(start)
  if (manager?.text === undefined || manager.scriptAt === undefined) return undefined
  if (!manager.isSimple) return undefined
  if (manager.execs) return pass
  const runsNode = start.links.at(-1)?.kind === 'node'
  if (!runsNode) return undefined
  const { scriptAt } = manager
  const isAlone = isInContainer(start)
  const what = isAlone
    ? `the script runs node below a shell that does not hand SIGTERM on (${sayShell(start.shell)})`
    : `the script runs node below a shell, and every process gets SIGTERM there: ${manager.name} and its shell are gone before node has drained`
  return fail({
    severity: isAlone ? weightOf(start.shell) : 'warning',
    at: scriptAt,
    computed: `"${manager.script}": "${manager.text}"`,
    message: `${what}; ${start.at.file}:${start.at.line} starts the service with it`,
    fix: `Write "${manager.script}": "exec ${manager.text}", or start node itself.`,
    edits: execIn(manager),
  })
}

/** `exec` in front of a script of one command. Variables before it may stay where they are. */
function execIn({ scriptAt, text = '' }: LinkOf<'manager'>) {
  if (scriptAt === undefined || !/^(?:[\w./-]+\s?)+/.test(text)) return undefined
  const value = JSON.stringify(text)
  const start = scriptAt.end - value.length
  return [{ file: scriptAt.file, start, end: scriptAt.end, text: JSON.stringify(`exec ${text}`) }]
}

function checkChain({ start }: StartSubject): Outcomes {
  const [manager] = managersOf(start)
  if (manager?.text === undefined || manager.scriptAt === undefined || manager.isSimple) return undefined
  if (manager.execs) return pass
  const { hasToStay } = manager
  return fail({
    severity: weightOf(start.shell, hasToStay),
    at: manager.scriptAt,
    computed: `"${manager.script}": "${manager.text}"`,
    message: `the script is a chain, so a shell stays above the service until it ends (${sayShell(start.shell, hasToStay)})`,
  })
}

function checkDevelopment({ start }: StartSubject): Outcomes {
  if (!['dockerfile', 'pod', 'fly', 'ecs', 'procfile', 'systemd'].includes(start.origin)) return undefined
  const [found] = linksOf(start, 'development')
  if (found === undefined) return pass
  return fail({
    at: found.at,
    computed: chainOf(start),
    message: `${found.name} stands between the signal and the service, and is made for developing`,
  })
}

const tools =
  /^(?:nodemon|ts-node(?:-dev)?|tsx watch|next dev|nuxt dev|vite(?! preview)|nest start|concurrently|react-scripts start|forever|ng serve)\b/

function checkPackage({ pkg, isOurs }: PackageSubject): Outcomes {
  const script = pkg.script('start')
  const { text } = script ?? {}
  if (!isOurs || script === undefined || text === undefined) return undefined
  // What is for serving has a name of its own.
  if (pkg.script('start:prod') ?? pkg.script('start:production')) return undefined
  const [found] = tools.exec(text.replace(/^(?:exec |cross-env |(?:\w+=\S+ ))+/, '')) ?? []
  if (found === undefined) return pass
  return fail({
    at: script.place,
    computed: `"start": "${text}"`,
    message: `"start" is what platforms run, and ${found} is for developing`,
  })
}

/** Rules about package managers and development tools above the service. */
export const managerRules = [
  rule({
    id: 'D03',
    name: 'pm-as-entrypoint',
    severity: 'error',
    subject: 'start',
    check: checkManager,
    why: 'npm and its like run a script in a shell. At SIGTERM they tell that shell, which ends without node, and leave; as process 1 they take the container with them, and node is killed in the middle of its requests: measured, within 5 ms. With ash or bash as `sh` it works today, by a habit of theirs that nobody promises.',
    fix: 'Start node itself, `CMD ["node", "dist/main.js"]`, or begin the script with `exec`.',
    sources: [sources.nodeInDocker, sources.npmRun],
  }),
  rule({
    id: 'D05',
    name: 'dev-runner',
    severity: 'error',
    subject: 'start',
    check: checkDevelopment,
    why: 'A watcher stands between the platform and the service. It has its own idea of what a signal means, and of when the service should be restarted.',
    fix: 'Build the service, and start the result with node.',
    sources: [sources.nodeInDocker],
  }),
  rule({
    id: 'P01',
    name: 'start-no-exec',
    severity: 'error',
    subject: 'start',
    check: checkScriptOf,
    why: 'A script of package.json is run by a shell. dash does not replace itself by the command, so it is the shell that gets SIGTERM, and node is cut.',
    fix: 'Begin the script with `exec`.',
    sources: [sources.npmRun],
  }),
  rule({
    id: 'P02',
    name: 'start-chain',
    severity: 'error',
    subject: 'start',
    check: checkChain,
    why: 'Behind `&&`, `;` or in front of a pipe the shell has to stay until the service ends, and it does not hand SIGTERM on. A pipe also hides the exit code.',
    fix: 'Do what comes first somewhere else, in an init container or a release step, and let the script be `exec node …`.',
    sources: [sources.npmRun],
  }),
  rule({
    id: 'P03',
    name: 'start-dev-tool',
    severity: 'warning',
    subject: 'package',
    check: checkPackage,
    why: 'Platforms run `npm start` unless they are told otherwise, and would serve with a tool that is for developing.',
    fix: 'Build the service, and let "start" be `exec node dist/main.js`.',
    sources: [sources.nodeInDocker],
  }),
]
