import { inSeconds } from '../../budget/drain.js'
import type { Deployed } from '../../deployed/deployed.js'
import { isKnown } from '../../model/fact.js'
import { linksOf } from '../../start/start.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import { chainOf } from '../starts/weight.js'
import { checkGrace } from './grace.js'
import { checkSignal } from './signal.js'

function checkStrategy({ kind, root }: Deployed): Outcomes {
  if (kind !== 'fly') return undefined
  const strategy = root.get('deploy', 'strategy')
  if (strategy?.text === 'immediate') {
    return fail({
      at: strategy.place,
      computed: 'strategy = "immediate"',
      message: 'all machines are replaced at once: nobody serves in between',
    })
  }
  const least = root.get('http_service', 'min_machines_running')
  if (least?.number === 1 && strategy?.text !== 'bluegreen' && strategy?.text !== 'canary') {
    return fail({
      severity: 'info',
      at: least.place,
      computed: 'min_machines_running = 1',
      message: 'with one machine a rolling deployment has nobody left who serves while it is replaced',
    })
  }
  return pass
}

const isFargate = ({ root }: Deployed) => {
  const task = root.get('taskDefinition') ?? root
  return (task.get('requiresCompatibilities')?.items ?? []).some(({ text }) => text === 'FARGATE')
}

function checkHealthy({ kind, root }: Deployed): Outcomes {
  if (kind !== 'ecs') return undefined
  const least = root.get('deploymentConfiguration', 'minimumHealthyPercent')
  if (least === undefined) return undefined
  if (least.number !== 0) return pass
  return fail({
    at: least.place,
    computed: 'minimumHealthyPercent 0',
    message: 'a deployment may stop every task before a new one runs',
  })
}

function checkProcfile({ kind, start, at }: Deployed): Outcomes {
  if (kind !== 'procfile' || start === undefined) return undefined
  const [manager] = linksOf(start, 'manager')
  if (manager === undefined || (manager.execs && manager.name !== 'node --run')) return pass
  return fail({
    at,
    computed: chainOf(start),
    message: `Heroku signals every process: ${manager.name} ends first, and node hears SIGTERM twice`,
  })
}

function checkHeroku(deployed: Deployed): Outcomes {
  const { kind, drain, at, grace } = deployed
  if (kind !== 'procfile' || !isKnown(grace) || drain.problem) return undefined
  const asked = drain.asked && isKnown(drain.asked.fact) ? drain.asked.fact : undefined
  const planned = asked?.value ?? drain.plan?.gracePeriod
  if (planned === undefined) return undefined
  if (planned <= grace.value) return pass
  return fail({
    at: asked?.at ?? at,
    computed: `${inSeconds(planned)} > 30`,
    message: 'Heroku kills a dyno 30 s after SIGTERM, and that cannot be changed',
  })
}

function checkPm2Times(deployed: Deployed, context: Parameters<typeof checkGrace>[1]): Outcomes {
  if (deployed.kind !== 'pm2') return undefined
  const { tree } = deployed
  const waits = tree.get('wait_ready')?.scalar === true
  const listen = tree.get('listen_timeout')
  const startsSlowly = waits && listen?.number !== undefined && listen.number < 3000
  if (startsSlowly && listen) {
    return fail({
      severity: 'warning',
      at: listen.place,
      computed: `listen_timeout ${listen.number} < 3000`,
      message: 'PM2 takes it for ready after this time, whatever it says',
    })
  }
  return checkGrace(deployed, context, { kind: 'pm2', setting: 'kill_timeout', presetFollows: true })
}

function checkWatch({ kind, tree }: Deployed): Outcomes {
  if (kind !== 'pm2') return undefined
  const watch = tree.get('watch')
  if (watch && watch.scalar !== false && watch.unknown === undefined) {
    return fail({
      at: watch.place,
      computed: 'watch',
      message: 'it is restarted whenever a file changes, uploads and logs included',
    })
  }
  const restarts = tree.get('autorestart')
  if (restarts?.scalar === false)
    return fail({
      at: restarts.place,
      computed: 'autorestart: false',
      message: 'after a crash nobody serves until somebody notices',
    })
  return pass
}

/** Rules about Fly, ECS, Heroku and PM2. */
export const hostedRules = [
  rule({
    id: 'F01',
    name: 'fly-timeout',
    severity: 'error',
    subject: 'deployed',
    check: (deployed, context) =>
      checkGrace(deployed, context, { kind: 'fly', setting: 'kill_timeout', presetFollows: true }),
    why: 'Fly kills a machine kill_timeout after its stop signal: 5 s unless it is set, at most 300 s on shared machines.',
    fix: 'Set kill_timeout, and LAMEDUCK_GRACE_PERIOD to the same time.',
    sources: [sources.fly],
  }),
  rule({
    id: 'F02',
    name: 'fly-signal',
    severity: 'warning',
    subject: 'deployed',
    check: (deployed) => {
      if (deployed.kind !== 'fly') return undefined
      const { drain, signal } = deployed
      if (!isKnown(signal))
        return unseen({ at: signal.at, computed: 'kill_signal ?', message: signal.unknown })
      if (drain.ending === 'lameduck') return checkSignal(signal, { drain, isUsual: true })
      if (signal.value.toUpperCase() === 'SIGINT' && drain.ending === 'unseen')
        return unseen({
          at: signal.at,
          computed: `${signal.value}${signal.isDefault ? ' (the default)' : ''}`,
          message: 'Fly stops with SIGINT; whether the service drains at it was not seen',
          fix: 'Set kill_signal = "SIGTERM".',
        })
      return checkSignal(signal, { drain, isUsual: false })
    },
    why: 'Fly stops machines with SIGINT, which most services take for Ctrl-C and leave at once. lameduck knows that and drains.',
    fix: 'Set kill_signal = "SIGTERM", or let lameduck drain.',
    sources: [sources.fly],
  }),
  rule({
    id: 'F03',
    name: 'fly-strategy',
    severity: 'warning',
    subject: 'deployed',
    check: checkStrategy,
    why: 'The strategy immediate replaces all machines at once, and a single machine has nobody beside it.',
    fix: 'strategy = "rolling" or "bluegreen", and two machines.',
    sources: [sources.fly],
  }),
  rule({
    id: 'A01',
    name: 'ecs-stop-timeout',
    severity: 'error',
    subject: 'deployed',
    check: (deployed, context) =>
      checkGrace(deployed, context, {
        kind: 'ecs',
        setting: 'stopTimeout',
        most: (each) => (isFargate(each) ? 120_000 : undefined),
      }),
    why: 'ECS kills a container stopTimeout after SIGTERM: 30 s unless it is set, at most 120 s on Fargate, which refuses more.',
    fix: 'Set stopTimeout, and LAMEDUCK_GRACE_PERIOD to the same time.',
    sources: [sources.ecs],
  }),
  rule({
    id: 'A02',
    name: 'ecs-deregistration',
    severity: 'warning',
    subject: 'deployed',
    check: checkHealthy,
    why: 'With minimumHealthyPercent 0 ECS may stop all tasks of a service before it starts new ones.',
    fix: 'minimumHealthyPercent 100, maximumPercent 200.',
    sources: [sources.ecs, sources.awsAlb],
  }),
  rule({
    id: 'H01',
    name: 'procfile-npm',
    severity: 'warning',
    subject: 'deployed',
    check: checkProcfile,
    why: 'Heroku sends SIGTERM to every process of a dyno. npm and its shell end first, and what they hand on arrives as a second SIGTERM, which many services take for "now".',
    fix: 'web: exec node dist/main.js',
    sources: [sources.heroku],
  }),
  rule({
    id: 'H02',
    name: 'heroku-30',
    severity: 'error',
    subject: 'deployed',
    check: checkHeroku,
    why: 'Heroku kills a dyno 30 s after SIGTERM.',
    fix: 'Leave gracePeriod to the preset, or set at most 30 s.',
    sources: [sources.heroku],
  }),
  rule({
    id: 'M03',
    name: 'pm2-timeouts',
    severity: 'error',
    subject: 'deployed',
    check: checkPm2Times,
    why: 'PM2 kills a process kill_timeout after SIGINT: 1.6 s unless it is set. lameduck reads the figure from PM2 and plans for it; an explicit longer grace period is cut.',
    fix: 'Raise kill_timeout to the grace period.',
    sources: [sources.pm2],
  }),
  rule({
    id: 'M04',
    name: 'pm2-watch',
    severity: 'warning',
    subject: 'deployed',
    check: checkWatch,
    why: 'watch restarts the service for reasons that are no deployment; autorestart: false leaves it down.',
    fix: 'watch: false, and leave autorestart alone.',
    sources: [sources.pm2],
  }),
]
