import { isInContainer, type LinkOf, linksOf, type Start, startsNode } from '../../start/start.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import type { StartSubject } from '../subjects.js'
import { execForm } from './edits.js'
import { chainOf, sayShell, weightOf } from './weight.js'

/** Whether an init stands right above a shell: then the init's own rule says it. */
const isBelowInit = (start: Start, link: LinkOf<'shell'>) =>
  start.hasInit || start.links[start.links.indexOf(link) - 1]?.kind === 'init'

const deafShells = (start: Start, how: 'form' | '-c') =>
  linksOf(start, 'shell').filter((link) => link.how === how && !link.execs)

/** A program that a package manager finds, and that is none of Node's servers: a migration, a seed. */
const isErrand = ({ start }: StartSubject) =>
  start.links.at(-1)?.kind === 'other' && linksOf(start, 'manager').some(({ script }) => script === undefined)

const servesNode = ({ start }: StartSubject) =>
  startsNode(start) || linksOf(start, 'shell').length > 0 || linksOf(start, 'unseen').length > 0

function checkShellForm(subject: StartSubject): Outcomes {
  const { start, image } = subject
  if (start.origin !== 'dockerfile' || !servesNode(subject) || isErrand(subject)) return undefined
  const found = deafShells(start, 'form')[0]
  if (found === undefined || isBelowInit(start, found)) return pass
  return fail({
    severity: weightOf(found.shell, found.hasToStay),
    at: found.at,
    computed: chainOf(start, found),
    message: `the shell form makes ${found.name} process 1 (${sayShell(found.shell, found.hasToStay)}), and it does not hand SIGTERM on to ${found.text}`,
    edits: image ? execForm(image, found) : undefined,
  })
}

function checkShellCommand(subject: StartSubject): Outcomes {
  const { start } = subject
  if (!isInContainer(start) || !servesNode(subject) || isErrand(subject)) return undefined
  const found = deafShells(start, '-c')[0]
  if (found === undefined || isBelowInit(start, found)) return pass
  return fail({
    severity: weightOf(found.shell, found.hasToStay),
    at: found.at,
    computed: chainOf(start, found),
    message: `${found.name} -c stays above ${found.text} (${sayShell(found.shell, found.hasToStay)}), and does not hand SIGTERM on to it`,
  })
}

function checkScript(subject: StartSubject): Outcomes {
  const { start } = subject
  if (!['dockerfile', 'pod', 'compose', 'fly', 'ecs', 'procfile', 'systemd'].includes(start.origin))
    return undefined
  const scripts = linksOf(start, 'script')
  if (scripts.length === 0) return undefined
  for (const script of scripts) {
    if (script.lastAt === undefined) {
      return {
        verdict: 'unknown',
        at: script.at,
        computed: chainOf(start, script),
        message: `${script.name} was not found, so whether it ends with exec could not be seen`,
        fix: `run doctor where ${script.name} can be read`,
      }
    }
    if (script.execs) continue
    if (script.traps) {
      return {
        verdict: 'unknown',
        at: script.lastAt,
        computed: chainOf(start, script),
        message: `${script.name} takes signals itself; whether it hands them on and waits cannot be told`,
        fix: 'exec the service and let it take its signals itself',
      }
    }
    return fail({
      at: script.lastAt,
      computed: chainOf(start, script),
      message: `${script.name} stays above ${script.last ?? 'what it runs'}, and a shell that runs a script does not hand SIGTERM on`,
      edits: [
        { file: script.lastAt.file, start: script.lastAt.start, end: script.lastAt.start, text: 'exec ' },
      ],
    })
  }
  return pass
}

function checkInit({ start }: StartSubject): Outcomes {
  const above = start.hasInit ? -1 : start.links.findIndex(({ kind }) => kind === 'init')
  if (!start.hasInit && above < 0) return undefined
  const next = start.links[above + 1]
  const isDeaf =
    (next?.kind === 'shell' && !next.execs) ||
    (next?.kind === 'manager' && !next.execs && next.text !== undefined)
  if (!next || !isDeaf) return pass
  return fail({
    severity: start.shell === 'ash' || start.shell === 'bash' ? 'warning' : 'error',
    at: next.at,
    computed: chainOf(start),
    message: `the init hands SIGTERM to ${next.kind === 'shell' ? 'the shell' : next.name} alone; that ends at once, and everything below it is killed`,
  })
}

const inits = {
  fix: 'Start node itself below the init, in exec form. `tini -g` and TINI_KILL_PROCESS_GROUP do not help.',
}
const why = {
  init: 'An init hands signals to its own child only. A shell or npm there ends at SIGTERM without waiting for node, the init follows, and the kernel kills the rest: measured, everything in flight is cut within 0.2 s.',
}

/** Rules about shells and inits above the service. */
export const shellRules = [
  rule({
    id: 'D01',
    name: 'shell-form-cmd',
    severity: 'error',
    subject: 'start',
    check: checkShellForm,
    why: 'ENTRYPOINT or CMD in shell form runs `/bin/sh -c …`: the shell is process 1, ignores SIGTERM and never tells node. The container is killed when the grace period is over, with everything in flight.',
    fix: 'Write it as a list, `CMD ["node", "dist/main.js"]`, or put `exec` in front of the command.',
    sources: [sources.shellForm],
  }),
  rule({
    id: 'D02',
    name: 'exec-form-sh-c',
    severity: 'error',
    subject: 'start',
    check: checkShellCommand,
    why: '`["sh", "-c", "node x"]` is the shell form under another name: the shell is process 1 and keeps SIGTERM to itself. Linters that ask for a list do not notice.',
    fix: 'Put `exec` in front of the last command, or start node without a shell.',
    sources: [sources.shellForm],
  }),
  rule({
    id: 'D04',
    name: 'wrapper-script-no-exec',
    severity: 'error',
    subject: 'start',
    check: checkScript,
    why: 'A shell that runs a script waits for its last command and does not hand SIGTERM on, whichever shell it is. The service never hears that it is to stop.',
    fix: 'Begin the last command of the script with `exec`: `exec "$@"`, `exec node dist/main.js`.',
    sources: [sources.shellForm],
  }),
  rule({
    id: 'D12',
    name: 'init-above-shell',
    severity: 'error',
    subject: 'start',
    check: (subject) =>
      ['compose', 'ecs'].includes(subject.start.origin) && subject.start.hasInit
        ? undefined
        : checkInit(subject),
    why: why.init,
    ...inits,
    sources: [sources.nodeInDocker],
  }),
]

/** The same for inits that a platform puts there. */
export const platformInitRules = [
  rule({
    id: 'C03',
    name: 'init-shell',
    severity: 'error',
    subject: 'start',
    check: (subject) =>
      subject.start.origin === 'compose' && subject.start.hasInit ? checkInit(subject) : undefined,
    why: `\`init: true\` is such an init. ${why.init}`,
    ...inits,
    sources: [sources.compose],
  }),
  rule({
    id: 'A03',
    name: 'ecs-init',
    severity: 'error',
    subject: 'start',
    check: (subject) =>
      subject.start.origin === 'ecs' && subject.start.hasInit ? checkInit(subject) : undefined,
    why: `\`initProcessEnabled\` is such an init. ${why.init}`,
    ...inits,
    sources: [sources.ecs],
  }),
]
