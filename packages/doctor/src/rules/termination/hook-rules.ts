import { inSeconds } from '../../budget/drain.js'
import { fieldAfter } from '../../fix/yaml-edits.js'
import { wordsOf } from '../../kubernetes/container.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { handlerOf } from '../probes/asking.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import type { Context } from '../subjects.js'
import { isServing } from '../traffic/replicas.js'

/** Whether something is known to give balancers time: lameduck's window, or a hook. */
function waits({ drain, preStop }: Container): boolean {
  if (drain.plan && drain.plan.window.max > 0) return true
  return preStop !== undefined && (!isKnown(preStop.time) || preStop.time.value > 0)
}

/**
 * Whether SIGTERM changes nothing: process 1 ignores a signal that it does not handle, and a shell there hands none on, so it
 * serves until SIGKILL. Nothing, if it was not seen what process 1 is, or what it does with a signal.
 */
function isDeaf({ start, workload }: Container): boolean | undefined {
  if (workload.podSpec.get('shareProcessNamespace')?.scalar === true) return false
  const [first] = start?.links ?? []
  if (first === undefined || first.kind === 'unseen' || first.kind === 'other') return undefined
  if (first.kind === 'development' || first.kind === 'pm2') return undefined
  if (first.kind === 'script' && first.traps) return undefined
  return ['node', 'shell', 'script'].includes(first.kind)
}

const addSleep = ({ tree, preStop }: Container, { kubernetes = [1, 34] }: Context) =>
  kubernetes[1] >= 30 && !preStop
    ? fieldAfter(tree, 'ports', ['lifecycle:', '  preStop:', '    sleep:', '      seconds: 10'])
    : undefined

function checkDelay(container: Container, context: Context): Outcomes {
  if (!isServing(container)) return undefined
  const { preStop, drain, at } = container
  if (waits(container)) return pass
  if (drain.ending === 'lameduck' && drain.plan === undefined) return undefined
  const none = preStop ? 'preStop 0 s' : 'no preStop'
  const deaf = drain.ending === 'none' ? isDeaf(container) : false
  if (deaf) return pass
  if (deaf === undefined || drain.ending === 'unseen' || drain.ending === 'other') {
    return unseen({
      at,
      computed: `${none}, own wait ?`,
      message:
        'endpoints are removed while SIGTERM is sent, not before; whether the process serves on for a while by itself was not seen',
      fix: 'Let lameduck serve on, or add preStop: { sleep: { seconds: 10 } }.',
    })
  }
  return fail({
    at,
    computed: `${none}, ${drain.ending === 'lameduck' ? 'shutdownDelay 0 s' : 'nothing handles SIGTERM'}`,
    message:
      'endpoints are removed while SIGTERM is sent, not before: for some seconds requests are still sent to what no longer listens',
    edits: addSleep(container, context),
  })
}

function checkDouble({ preStop, drain }: Container): Outcomes {
  if (preStop === undefined || drain.plan === undefined || !isKnown(preStop.time)) return undefined
  const { value } = preStop.time
  const window = drain.plan.window.min
  if (value < 5000 || window < 5000) return pass
  return fail({
    at: preStop.at,
    computed: `${inSeconds(value)} + ${inSeconds(window)} s`,
    message:
      'both wait for the same news: every roll-out takes that much longer, and the time is taken from the requests',
  })
}

function checkSleep({ preStop, workload }: Container): Outcomes {
  const { grace } = workload
  if (
    preStop === undefined ||
    !isKnown(preStop.time) ||
    !isKnown(grace) ||
    workload.platform !== 'kubernetes' ||
    grace.value === 0
  )
    return undefined
  const { value } = preStop.time
  if (value < grace.value - 2000) return pass
  const isRefused = preStop.kind === 'sleep' && value > grace.value
  return fail({
    at: preStop.at,
    computed: `${inSeconds(value)} ≥ ${inSeconds(grace.value)} − 2`,
    message: isRefused
      ? 'preStop is longer than the grace period: the API server refuses such a sleep'
      : 'preStop takes the whole grace period: SIGTERM is followed by SIGKILL two seconds later',
  })
}

const says = ([major, minor]: readonly [number, number]) => `${major}.${minor}`

function checkVersion({ preStop, workload }: Container, { kubernetes }: Context): Outcomes {
  if (preStop?.kind !== 'sleep' || workload.platform !== 'kubernetes') return undefined
  const seconds = preStop.tree.get('sleep', 'seconds')?.number
  if (seconds === 0) {
    const isOld = kubernetes !== undefined && kubernetes[1] < 33
    return isOld
      ? fail({
          at: preStop.at,
          computed: `sleep 0 on ${says(kubernetes)} < 1.33`,
          message: 'the API server refuses a sleep of 0',
        })
      : pass
  }
  if (kubernetes === undefined || kubernetes[1] >= 30) return pass
  return fail({
    at: preStop.at,
    computed: `${says(kubernetes)} < 1.30`,
    message: 'this version does not know preStop.sleep: it is dropped, or refused',
    fix: 'Use exec with sleep where the image has one, or let lameduck wait.',
  })
}

function checkZeroSleep({ preStop }: Container): Outcomes {
  if (preStop?.kind !== 'sleep') return undefined
  const tree = preStop.tree.get('sleep', 'seconds')
  if (tree?.number !== 0) return pass
  return fail({
    at: tree.place,
    computed: 'sleep 0 s',
    message: 'a sleep of 0 is no delay: balancers get no time to hear',
  })
}

const shellTools = /(?:^|\/)(?:sh|bash|ash|dash|sleep|curl|wget|nc|kill|nginx)$/

function checkShell({ preStop, image, workload }: Container): Outcomes {
  if (preStop?.kind !== 'exec' || workload.platform !== 'kubernetes') return undefined
  const [program = ''] = wordsOf(preStop.tree.get('exec', 'command')) ?? []
  if (!shellTools.test(program)) return undefined
  if (image === undefined || image.shell === 'unknown') return undefined
  if (image.shell !== 'none') return pass
  return fail({
    at: preStop.at,
    computed: `${program} in ${image.baseName ?? 'an image without a shell'}`,
    message: `the image has no ${program}: the hook fails at once, and SIGTERM comes without any delay`,
  })
}

function checkHttpHook(container: Container): Outcomes {
  const { preStop, readiness } = container
  if (preStop?.kind !== 'httpGet') return undefined
  const path = preStop.tree.get('httpGet', 'path')?.text ?? '/'
  const isReadiness = readiness?.kind === 'httpGet' && readiness.path === path
  if (!isReadiness) return pass
  return fail({
    at: preStop.at,
    computed: `preStop GET ${path} = ${handlerOf(container, readiness) ?? path}`,
    message: 'the hook asks for readiness, which answers at once and waits for nothing',
  })
}

/** Rules about preStop. */
export const hookRules = [
  rule({
    id: 'D09',
    name: 'prestop-exec-no-shell',
    severity: 'error',
    subject: 'container',
    check: checkShell,
    why: 'A preStop hook with exec needs its program in the image. Distroless images have no sh and no sleep: the hook fails, which is only an event (FailedPreStopHook), and SIGTERM follows without a delay.',
    fix: 'Use preStop: { sleep: { seconds: 10 } } (Kubernetes 1.30 and later), or let lameduck wait.',
    sources: [sources.hooks],
  }),
  rule({
    id: 'K22',
    name: 'no-propagation-delay',
    severity: 'error',
    subject: 'container',
    check: checkDelay,
    why: 'Kubernetes removes a pod from its endpoints while it sends SIGTERM, not before. Who stops listening at once refuses the requests that arrive until every node and balancer has heard.',
    fix: 'Serve on for 5 … 10 s: with lameduck by its window, else by preStop: { sleep: { seconds: 10 } }.',
    sources: [sources.podTermination, sources.terminatingEndpoints],
  }),
  rule({
    id: 'K23',
    name: 'double-delay',
    severity: 'info',
    subject: 'container',
    check: checkDouble,
    why: "A preStop sleep and lameduck's window wait for the same thing, one after the other.",
    fix: 'Drop preStop: the window ends as soon as it is quiet.',
    sources: [sources.drain],
  }),
  rule({
    id: 'K24',
    name: 'prestop-sleep-ge-grace',
    severity: 'error',
    subject: 'container',
    forAll: true,
    check: checkSleep,
    why: 'The grace period starts before preStop. A hook that takes all of it leaves two seconds between SIGTERM and SIGKILL.',
    fix: 'Raise terminationGracePeriodSeconds, or sleep for less.',
    sources: [sources.hooks],
  }),
  rule({
    id: 'K25',
    name: 'prestop-sleep-action-version',
    severity: 'warning',
    subject: 'container',
    check: checkVersion,
    why: 'preStop.sleep is there since Kubernetes 1.30, and a sleep of 0 since 1.33. Older versions drop or refuse it.',
    fix: 'Raise the version, or use exec.',
    sources: [sources.hooks],
  }),
  rule({
    id: 'K26',
    name: 'prestop-httpget-wrong',
    severity: 'warning',
    subject: 'container',
    check: checkHttpHook,
    why: 'An httpGet hook is called once, and its failure is only an event. One that asks for readiness gets its answer at once and delays nothing.',
    fix: 'Use sleep, or let lameduck wait.',
    sources: [sources.hooks],
  }),
  rule({
    id: 'K32',
    name: 'prestop-sleep-zero',
    severity: 'info',
    subject: 'container',
    check: checkZeroSleep,
    why: 'A sleep of 0 is allowed since Kubernetes 1.33, and looks like a delay that it is not.',
    fix: 'Give it a time, or leave it out.',
    sources: [sources.hooks],
  }),
]
