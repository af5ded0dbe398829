import type { Probe } from '../../kubernetes/container.js'
import { wordsOf } from '../../kubernetes/container.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'

const probesOf = ({ readiness, liveness, startup }: Container): Probe[] =>
  [readiness, liveness, startup].filter((probe) => probe !== undefined)

function checkPort(container: Container): Outcomes {
  const probes = probesOf(container).filter(({ kind }) => kind === 'httpGet' || kind === 'tcpSocket')
  if (probes.length === 0) return undefined
  const ports = container.tree.get('ports')?.items ?? []
  const names = ports.map((port) => port.get('name')?.text)
  const numbers = ports.map((port) => port.get('containerPort')?.text)
  const found = probes.flatMap(({ handler, port, at }) => {
    const tree = handler?.get('port')
    if (port === undefined || tree === undefined) return []
    if (/^\d+$/.test(port)) {
      if (ports.length === 0 || numbers.includes(port)) return []
      return [
        fail({
          severity: 'info',
          at: tree.place,
          computed: `${port} ∉ ${numbers.join(', ')}`,
          message: 'the port is not among those that the container says it has',
        }),
      ]
    }
    return names.includes(port)
      ? []
      : [
          fail({
            at: tree.place ?? at,
            computed: `${port} ∉ ${names.filter(Boolean).join(', ') || 'no named port'}`,
            message: 'no port of the container has this name: the probe can never succeed',
          }),
        ]
  })
  return found.length > 0 ? found : pass
}

const services = ['', 'readiness', 'liveness', 'startup']

function checkGrpc(container: Container): Outcomes {
  const probes = probesOf(container).filter(({ kind }) => kind === 'grpc')
  if (probes.length === 0) return undefined
  const found = probes.flatMap(({ handler, port }) => {
    const [portTree, serviceTree] = [handler?.get('port'), handler?.get('service')]
    if (portTree && port !== undefined && !/^\d+$/.test(port)) {
      return [
        fail({
          at: portTree.place,
          computed: `port: ${port}`,
          message: 'a gRPC probe takes a number, no name: the API server refuses it',
        }),
      ]
    }
    const { text } = serviceTree ?? {}
    const isOdd =
      container.pkg?.dependencies.has('@lameduck/grpc') &&
      text !== undefined &&
      !services.includes(text) &&
      !text.includes('.')
    if (!isOdd || !serviceTree) return []
    return [
      fail({
        at: serviceTree.place,
        computed: `${text} ∉ readiness, liveness, startup`,
        message: 'lameduck has no health service of this name: the probe fails',
      }),
    ]
  })
  return found.length > 0 ? found : pass
}

function checkShell(container: Container): Outcomes {
  const { image } = container
  const probes = probesOf(container).filter(({ kind }) => kind === 'exec')
  if (probes.length === 0 || image === undefined || image.shell === 'unknown') return undefined
  if (image.shell !== 'none') return pass
  const found = probes.flatMap(({ handler, at }) => {
    const [program = ''] = wordsOf(handler?.get('command')) ?? []
    return /(?:^|\/)(?:sh|bash|curl|wget|cat|nc|test)$/.test(program)
      ? [
          fail({
            at,
            computed: `${program} in ${image.baseName ?? 'an image without a shell'}`,
            message: `the image has no ${program}: the probe can never succeed`,
          }),
        ]
      : []
  })
  return found.length > 0 ? found : pass
}

/** Rules about where probes ask. */
export const targetRules = [
  rule({
    id: 'K10',
    name: 'probe-port-mismatch',
    severity: 'error',
    subject: 'container',
    check: checkPort,
    why: 'A probe that names a port which the container does not declare never succeeds. Of numbers this is advice: declaring them is only information.',
    fix: 'Use the name of a declared port.',
    sources: [sources.probes],
  }),
  rule({
    id: 'K11',
    name: 'grpc-probe-port-or-service',
    severity: 'warning',
    subject: 'container',
    check: checkGrpc,
    why: 'A gRPC probe takes a port number, and a service that the health service knows.',
    fix: 'grpc: { port: 50051, service: readiness }',
    sources: [sources.probes],
  }),
  rule({
    id: 'K12',
    name: 'exec-probe-shell-missing',
    severity: 'error',
    subject: 'container',
    check: checkShell,
    why: 'A probe that runs a program needs it in the image; distroless images have neither a shell nor curl.',
    fix: 'httpGet or grpc, or node itself.',
    sources: [sources.probes],
  }),
]
