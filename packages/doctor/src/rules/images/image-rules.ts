import { isInContainer, linksOf } from '../../start/start.js'
import { asksReadiness } from '../platforms/compose-rules.js'
import { checkSignal } from '../platforms/signal.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import { chainOf } from '../starts/weight.js'
import type { ImageSubject, StartSubject } from '../subjects.js'
import { checkTools } from './health-tool.js'

function checkPm2({ start }: StartSubject): Outcomes {
  if (!isInContainer(start)) return undefined
  const [found] = linksOf(start, 'pm2')
  if (found === undefined) return undefined
  const stays = found.name !== 'pm2' || found.words.some((word) => word === '--no-daemon' || word === 'logs')
  if (stays) return pass
  return fail({
    at: found.at,
    computed: chainOf(start),
    message:
      'pm2 start leaves a daemon behind and ends: the container ends with it, or whatever keeps it alive hears no signal',
  })
}

function checkStopSignal({ image, drain, code }: ImageSubject): Outcomes {
  const { stopSignal } = image
  if (stopSignal === undefined) return undefined
  const fact =
    stopSignal.value === undefined
      ? { unknown: 'STOPSIGNAL is set by whoever builds', at: stopSignal.at }
      : { value: stopSignal.value, at: stopSignal.at, isDefault: false }
  return checkSignal(fact, { drain, code })
}

function checkHandler({ image, start, drain }: ImageSubject): Outcomes {
  const first = start?.links[0]
  if (first?.kind !== 'node') return undefined
  if (drain.ending === 'unseen') return undefined
  if (drain.ending !== 'none') return pass
  return fail({
    at: (image.cmd ?? image.entrypoint)?.at ?? first.at,
    computed: 'node is process 1, no SIGTERM in its code',
    message: 'process 1 ignores a signal that it does not handle: it serves on, unaware, until it is killed',
  })
}

function checkHealthPath({ image }: ImageSubject): Outcomes {
  const { healthcheck } = image
  if (healthcheck === undefined) return undefined
  const found = asksReadiness(healthcheck.text)
  if (found === undefined) return pass
  return fail({
    at: healthcheck.at,
    computed: found,
    message:
      'Swarm and ECS kill what is unhealthy: while it drains, or while its database is away, all at once',
  })
}

function checkHealthTool({ image }: ImageSubject): Outcomes {
  const { healthcheck } = image
  return healthcheck && checkTools(healthcheck.text, healthcheck.at, { image })
}

function checkSeveral({ image }: ImageSubject): Outcomes {
  for (const name of ['CMD', 'ENTRYPOINT']) {
    const own = image.stage.instructions.filter((each) => each.name === name)
    const [first] = own
    if (own.length > 1 && first) {
      return fail({
        at: image.source.place(first.start, first.end),
        computed: `${own.length} × ${name}`,
        message: 'only the last one counts',
      })
    }
  }
  return image.cmd || image.entrypoint ? pass : undefined
}

/** Rules about what a Dockerfile makes. */
export const imageRules = [
  rule({
    id: 'D06',
    name: 'pm2-non-runtime',
    severity: 'error',
    subject: 'start',
    check: checkPm2,
    why: '`pm2 start` starts a daemon and ends. As the command of a container it is no process that could hear SIGTERM, and the service below the daemon is killed.',
    fix: 'Use pm2-runtime with --kill-timeout, or node alone: the platform already restarts and multiplies.',
    sources: [sources.pm2],
  }),
  rule({
    id: 'D07',
    name: 'stopsignal-unhandled',
    severity: 'error',
    subject: 'image',
    check: checkStopSignal,
    why: 'STOPSIGNAL is what every platform sends instead of SIGTERM. One that the application does not listen to ends it at once or not at all; SIGUSR1 starts an inspector.',
    fix: 'Leave STOPSIGNAL out.',
    sources: [sources.dockerfile, sources.signalEvents],
  }),
  rule({
    id: 'D08',
    name: 'no-term-handler',
    severity: 'warning',
    subject: 'image',
    check: checkHandler,
    why: 'The kernel does not apply a signal’s default action to process 1. Node without a handler ignores SIGTERM there, and the whole grace period passes before it is killed with everything in flight.',
    fix: 'Use lameduck, or handle SIGTERM.',
    sources: [sources.nodeInDocker],
  }),
  rule({
    id: 'D10',
    name: 'healthcheck-readiness',
    severity: 'warning',
    subject: 'image',
    check: checkHealthPath,
    why: 'Swarm and ECS replace a container whose health check fails. One that asks for readiness kills what drains, and all replicas when something they depend on is away.',
    fix: 'Ask /startupz, with a --start-period that is longer than a start.',
    sources: [sources.dockerfile],
  }),
  rule({
    id: 'D11',
    name: 'healthcheck-tool-missing',
    severity: 'warning',
    subject: 'image',
    check: checkHealthTool,
    why: 'Slim and distroless images have neither curl nor wget, Alpine has no curl. The check fails for ever.',
    fix: 'HEALTHCHECK CMD ["node", "-e", "fetch(…).then(…)"], or install the tool.',
    sources: [sources.dockerfile],
  }),
  rule({
    id: 'D14',
    name: 'multi-cmd',
    severity: 'info',
    subject: 'image',
    check: checkSeveral,
    why: 'Of several CMD or ENTRYPOINT in a stage the last one counts, without a word.',
    fix: 'Keep one.',
    sources: [sources.dockerfile],
  }),
]
