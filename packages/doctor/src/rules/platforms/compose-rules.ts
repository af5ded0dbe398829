import { probeDefaults } from '@lameduck/core/plan'
import type { Deployed } from '../../deployed/deployed.js'
import { imageNameIn } from '../../project/image-names.js'
import type { Place } from '../../text/source.js'
import { checkTools } from '../images/health-tool.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import type { Context } from '../subjects.js'
import { checkGrace } from './grace.js'
import { checkSignal } from './signal.js'

const isSwarm = ({ tree, root }: Deployed) =>
  tree.get('deploy', 'update_config') !== undefined ||
  tree.get('deploy', 'replicas') !== undefined ||
  root.get('configs') !== undefined

/** An image that somebody else has made, with nothing said about its end, is nobody's business here. */
function checkStop(deployed: Deployed, context: Context): Outcomes {
  const { tree, drain, pkg } = deployed
  const isOwn = pkg !== undefined && tree.get('build') !== undefined
  const isSaid =
    tree.get('stop_grace_period') !== undefined ||
    context.longestRequest !== undefined ||
    drain.ending === 'lameduck'
  return isOwn || isSaid
    ? checkGrace(deployed, context, { kind: 'compose', setting: 'stop_grace_period' })
    : undefined
}

function checkOrder(deployed: Deployed): Outcomes {
  if (deployed.kind !== 'compose' || !isSwarm(deployed)) return undefined
  const { tree, at } = deployed
  if (tree.get('deploy', 'mode')?.text === 'global') return undefined
  const replicas = tree.get('deploy', 'replicas')
  const config = tree.get('deploy', 'update_config')
  const count = replicas === undefined ? 1 : replicas.number
  const parallelism = config?.get('parallelism')?.number ?? 1
  const order = config?.get('order')?.text ?? 'stop-first'
  if (count === undefined)
    return unseen({
      at: replicas?.place ?? at,
      computed: 'replicas ?',
      message: 'how many replicas there are is filled in later',
    })
  if (order === 'start-first' || (count > 1 && parallelism !== 0 && parallelism < count)) return pass
  return fail({
    at: (config?.get('order') ?? config ?? replicas ?? tree).place,
    computed: `order ${order}, ${count === 1 ? '1 replica' : `${parallelism === 0 ? 'all' : parallelism} of ${count} at a time`}`,
    message: 'every update stops all that serves before anything new has started',
  })
}

const readiness = new RegExp(`${probeDefaults.readyz}|/health/ready|/readiness\\b|/ready\\b`)

/** Whether the check of a container asks for readiness. */
export const asksReadiness = (text: string): string | undefined => readiness.exec(text)?.[0]

/** The check of a container, as compose and ECS have it. */
function healthOf({ kind, tree }: Deployed): { text: string; at: Place } | undefined {
  const test =
    kind === 'compose'
      ? tree.get('healthcheck', 'test')
      : kind === 'ecs'
        ? tree.get('healthCheck', 'command')
        : undefined
  const isOff = tree.get('healthcheck', 'disable')?.scalar === true || test?.items[0]?.text === 'NONE'
  if (test === undefined || isOff) return undefined
  const text = test.list ? test.items.map((item) => item.text ?? '').join(' ') : (test.text ?? '')
  return { text, at: test.place }
}

function checkHealth(deployed: Deployed): Outcomes {
  const health = healthOf(deployed)
  if (health === undefined) return undefined
  const found = asksReadiness(health.text)
  if (found === undefined) return pass
  return fail({
    at: health.at,
    computed: found,
    message:
      'a task whose check fails is killed: while it drains, or while its database is away, all at once',
  })
}

function checkHealthTool(deployed: Deployed): Outcomes {
  const health = healthOf(deployed)
  const isBuilt = deployed.tree.get('build') !== undefined
  const target = deployed.tree.get('build', 'target')
  if (health === undefined || (target && target.text !== deployed.image?.stage.name)) return undefined
  const imageName = isBuilt ? undefined : imageNameIn(deployed.tree.get('image'))
  return checkTools(health.text, health.at, { image: deployed.image, imageName })
}

function checkDns({ kind, tree, drain, at }: Deployed): Outcomes {
  const mode = tree.get('deploy', 'endpoint_mode')
  if (kind !== 'compose' || mode?.text !== 'dnsrr') return undefined
  if (drain.plan === undefined) {
    return unseen({
      at: mode.place,
      computed: 'dnsrr',
      message: 'how long the balancer holds addresses, and how long the service serves on, was not seen',
      fix: 'Let the balancer ask DNS every second, and set LAMEDUCK_SHUTDOWN_DELAY above what it holds.',
    })
  }
  if (drain.plan.window.max >= 8000) return pass
  return unseen({
    at: mode.place ?? at,
    computed: `window ${drain.plan.window.max / 1000} s ≥ ?`,
    message:
      'a balancer that holds addresses longer than the window sends requests to what has gone: at 10 s, 180 of 8 400 were lost',
    fix: 'Let the balancer hold addresses for 1 s, or set LAMEDUCK_SHUTDOWN_DELAY above what it holds.',
  })
}

/** Rules about compose and Swarm. */
export const composeRules = [
  rule({
    id: 'C01',
    name: 'stop-grace',
    severity: 'error',
    subject: 'deployed',
    check: checkStop,
    why: 'Docker kills a container 10 s after its stop signal unless stop_grace_period says otherwise, and does not tell the process. lameduck plans for those 10 s, or for what LAMEDUCK_GRACE_PERIOD says; the two have to agree.',
    fix: 'Set stop_grace_period, and LAMEDUCK_GRACE_PERIOD to the same time.',
    sources: [sources.compose, sources.options],
  }),
  rule({
    id: 'C02',
    name: 'stop-signal',
    severity: 'error',
    subject: 'deployed',
    check: (deployed) => (deployed.kind === 'compose' ? checkSignal(deployed.signal, deployed) : undefined),
    why: 'A process that does not listen to its stop signal ends at once, or is killed when the grace period is over.',
    fix: 'Leave stop_signal out, or set SIGTERM.',
    sources: [sources.compose],
  }),
  rule({
    id: 'C04',
    name: 'stop-first',
    severity: 'warning',
    subject: 'deployed',
    check: checkOrder,
    why: 'Swarm stops a task before it starts its successor (stop-first). With one replica, or when all are updated at once, nobody serves in between.',
    fix: 'update_config: { order: start-first, parallelism: 1 }.',
    sources: [sources.swarm],
  }),
  rule({
    id: 'C05',
    name: 'healthcheck-readiness',
    severity: 'warning',
    subject: 'deployed',
    check: checkHealth,
    why: 'Swarm and ECS replace what is unhealthy. A health check that asks for readiness kills a task that drains, and all of them when something they depend on is away.',
    fix: 'Ask /startupz, with a start_period that is longer than a start.',
    sources: [sources.compose],
  }),
  rule({
    id: 'C06',
    name: 'dns-hold',
    severity: 'error',
    subject: 'deployed',
    check: checkDns,
    why: 'With endpoint_mode dnsrr balancers ask DNS for addresses, and hold them. One that holds them longer than the window sends requests to what has gone: measured, 180 of 8 400 at 10 s.',
    fix: 'Let the balancer hold addresses for a second, or set LAMEDUCK_SHUTDOWN_DELAY above what it holds.',
    sources: [sources.swarm],
  }),
  rule({
    id: 'C07',
    name: 'healthcheck-tool-missing',
    severity: 'warning',
    subject: 'deployed',
    check: checkHealthTool,
    why: 'The health check of compose and of an ECS task definition runs within the container. Slim and distroless images have neither curl nor wget, Alpine has no curl: the check fails for ever, and whoever waits for it, or replaces what fails it, never comes to an end.',
    fix: 'test: ["CMD", "node", "-e", "fetch(…).then(…)"], or install the tool.',
    sources: [sources.compose, sources.ecs],
  }),
]
