import type { Deployed } from '../../deployed/deployed.js'
import { linksOf } from '../../start/start.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import { chainOf } from '../starts/weight.js'
import { checkGrace } from './grace.js'
import { checkSignal } from './signal.js'

const isUnit = ({ kind }: Deployed) => kind === 'systemd'

const killModeOf = ({ tree }: Deployed) => tree.get('KillMode')?.text ?? 'control-group'

/** A shell or a package manager that stays above the service. */
function above({ start }: Deployed) {
  if (start === undefined) return undefined
  return (
    linksOf(start, 'manager').find(({ execs, name }) => !execs || name === 'node --run') ??
    linksOf(start, 'shell').find(({ execs }) => !execs) ??
    linksOf(start, 'script').find(({ execs, lastAt, traps }) => !execs && !traps && lastAt !== undefined)
  )
}

function checkKillMode(deployed: Deployed): Outcomes {
  if (!isUnit(deployed)) return undefined
  const mode = killModeOf(deployed)
  const at = deployed.tree.get('KillMode')?.place ?? deployed.at
  if (mode === 'process' || mode === 'none') {
    return fail({
      severity: 'warning',
      at,
      computed: `KillMode=${mode}`,
      message: 'what the main process has started outlives it, and still holds its port at the next start',
    })
  }
  const link = above(deployed)
  if (mode !== 'mixed' || link === undefined || deployed.start === undefined) return pass
  return fail({
    at,
    computed: `KillMode=mixed, ${chainOf(deployed.start)}`,
    message:
      'SIGTERM goes to the main process alone, which is no service; when it ends, systemd kills the rest at once',
  })
}

function checkExec(deployed: Deployed): Outcomes {
  if (!isUnit(deployed) || deployed.start === undefined) return undefined
  const link = above(deployed)
  if (link === undefined) return pass
  const mode = killModeOf(deployed)
  if (mode === 'mixed') {
    return fail({
      at: deployed.at,
      computed: chainOf(deployed.start),
      message: 'the main process of the unit is not the service, and does not hand SIGTERM on to it',
    })
  }
  return fail({
    severity: link.kind === 'manager' ? 'warning' : 'info',
    at: deployed.at,
    computed: chainOf(deployed.start),
    message:
      link.kind === 'manager'
        ? `systemd signals the whole group, and ${link.name} hands its signal on as well: the service hears SIGTERM twice, which many take for "now"`
        : 'the main process of the unit is a shell: its end is taken for the end of the service, and its exit code for the service’s',
  })
}

function checkKillSignal(deployed: Deployed): Outcomes {
  if (!isUnit(deployed)) return undefined
  const hangup = deployed.tree.get('SendSIGHUP')
  if (/^(?:yes|true|on|1)$/i.test(hangup?.text ?? '') && hangup) {
    return fail({
      severity: 'warning',
      at: hangup.place,
      computed: 'SendSIGHUP=yes',
      message: 'SIGHUP follows at once, and ends a process that does not handle it',
    })
  }
  return checkSignal(deployed.signal, deployed)
}

function checkType(deployed: Deployed): Outcomes {
  if (!isUnit(deployed)) return undefined
  const type = deployed.tree.get('Type')?.text ?? 'simple'
  if (type !== 'simple' && type !== 'exec') return pass
  const restarts = deployed.tree.get('Restart')
  const others = deployed.root.get('Unit', 'Before')
  if (restarts === undefined && others === undefined) return undefined
  return fail({
    at: (others ?? restarts)?.place ?? deployed.at,
    computed: `Type=${type}`,
    message:
      'it counts as started before it listens: what depends on it, and who restarts it, goes on too early',
  })
}

/** Rules about units of systemd. */
export const systemdRules = [
  rule({
    id: 'S01',
    name: 'timeout-stop',
    severity: 'error',
    subject: 'deployed',
    check: (deployed, context) =>
      checkGrace(deployed, context, { kind: 'systemd', setting: 'TimeoutStopSec' }),
    why: 'systemd kills what has not ended TimeoutStopSec after SIGTERM: 90 s, unless the distribution or the unit says otherwise.',
    fix: 'Set TimeoutStopSec, and LAMEDUCK_GRACE_PERIOD to the same time.',
    sources: [sources.systemdService],
  }),
  rule({
    id: 'S02',
    name: 'kill-mode',
    severity: 'error',
    subject: 'deployed',
    check: checkKillMode,
    why: 'With KillMode=process or none, children outlive the unit. With mixed only the main process hears SIGTERM, and the rest is killed as soon as it has ended: if that is a shell, the service is cut.',
    fix: 'Leave KillMode out (control-group), and start node itself.',
    sources: [sources.systemdKill],
  }),
  rule({
    id: 'S03',
    name: 'exec-start-shell',
    severity: 'error',
    subject: 'deployed',
    check: checkExec,
    why: 'ExecStart through npm or a shell makes that the main process of the unit. What happens at SIGTERM then depends on KillMode and on the shell.',
    fix: 'ExecStart=/usr/bin/node /srv/app/dist/main.js',
    sources: [sources.systemdService],
  }),
  rule({
    id: 'S04',
    name: 'kill-signal',
    severity: 'error',
    subject: 'deployed',
    check: checkKillSignal,
    why: 'A process that does not listen to KillSignal ends at once, or is killed when the time is over.',
    fix: 'Leave KillSignal out (SIGTERM), and SendSIGHUP as well.',
    sources: [sources.systemdKill],
  }),
  rule({
    id: 'S05',
    name: 'type-simple',
    severity: 'info',
    subject: 'deployed',
    check: checkType,
    why: 'A unit of Type=simple counts as started as soon as its process is forked.',
    fix: 'Type=notify, and tell systemd when it is ready: `systemd-notify --ready`, with NotifyAccess=all.',
    sources: [sources.systemdService],
  }),
]
