import type { Tree } from '../read/tree.js'
import { inSameNamespace, type KubeObject, selects } from './objects.js'
import type { Workload } from './workload.js'

/** What stands around a workload: who routes to it, who scales it, who protects it. */
export interface Traffic {
  /** Services that select its pods. */
  readonly services: readonly KubeObject[]
  /** Ingresses and routes that lead to one of these. */
  readonly fronts: readonly KubeObject[]
  readonly autoscalers: readonly KubeObject[]
  readonly budgets: readonly KubeObject[]
  /** A patch that is applied to it later: what it sets is not seen here. */
  readonly patches: readonly KubeObject[]
}

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'VirtualService']

/** All that is below a value, itself included. */
function* below(node: Tree | undefined, depth = 0): Generator<Tree> {
  if (node === undefined || depth > 12) return
  yield node
  for (const child of [...node.fields.map(([, each]) => each), ...node.items]) yield* below(child, depth + 1)
}

/** Names of Services that an Ingress or a route leads to. */
function backendsOf({ tree }: KubeObject): string[] {
  return [...below(tree.get('spec'))]
    .flatMap((node) => [
      node.get('service', 'name')?.text ?? node.get('serviceName')?.text ?? [],
      node.get('destination', 'host')?.text?.split('.')[0] ?? [],
      (node.get('backendRefs')?.items ?? []).flatMap((backend) => backend.get('name')?.text ?? []),
    ])
    .flat()
}

const targets = (object: KubeObject, workload: Workload) =>
  object.tree.get('spec', 'scaleTargetRef', 'name')?.text === workload.object.name &&
  (object.tree.get('spec', 'scaleTargetRef', 'kind')?.text ?? workload.object.kind) === workload.object.kind

function budgetSelects(object: KubeObject, { labels }: Workload): boolean {
  const selector = object.tree.get('spec', 'selector')
  if (selector?.get('matchExpressions')) return true
  const asked = selector?.get('matchLabels')
  return (
    selector !== undefined && (asked === undefined ? selector.fields.length === 0 : selects(asked, labels))
  )
}

/** Objects that may stand around a workload, found by what they select or name: there may be thousands of both. */
export interface TrafficIndex {
  readonly services: ReadonlyMap<string, readonly KubeObject[]>
  readonly fronts: ReadonlyMap<string, readonly KubeObject[]>
  readonly autoscalers: ReadonlyMap<string, readonly KubeObject[]>
  readonly budgets: ReadonlyMap<string, readonly KubeObject[]>
  readonly patches: readonly KubeObject[]
}

/** For what selects by more than labels, and so may be for anybody. */
const anybody = ''

function indexBy(objects: readonly KubeObject[], keysOf: (object: KubeObject) => readonly string[]) {
  const index = new Map<string, KubeObject[]>()
  for (const object of objects) {
    for (const key of new Set(keysOf(object))) {
      const own = index.get(key)
      if (own) own.push(object)
      else index.set(key, [object])
    }
  }
  return index
}

/** The first label that a selector asks for. */
function firstLabel(selector: Tree | undefined): readonly string[] {
  const [first] = selector?.fields ?? []
  return first ? [`${first[0]}=${first[1].text}`] : []
}

/** Sorts objects by what they are for. */
export function indexTraffic(objects: readonly KubeObject[], patches: readonly KubeObject[]): TrafficIndex {
  const of = (...kinds: readonly string[]) => objects.filter(({ kind }) => kinds.includes(kind))
  const services = of('Service').filter(({ apiVersion }) => apiVersion === 'v1')
  return {
    services: indexBy(services, ({ tree }) => firstLabel(tree.get('spec', 'selector'))),
    fronts: indexBy(of('Ingress', ...routeKinds), backendsOf),
    autoscalers: indexBy(of('HorizontalPodAutoscaler', 'ScaledObject'), ({ tree }) => [
      tree.get('spec', 'scaleTargetRef', 'name')?.text ?? '',
    ]),
    budgets: indexBy(of('PodDisruptionBudget'), ({ tree }) => {
      const asked = firstLabel(tree.get('spec', 'selector', 'matchLabels'))
      return asked.length > 0 ? asked : [anybody]
    }),
    patches,
  }
}

/** Finds what stands around a workload. */
export function trafficOf(workload: Workload, index: TrafficIndex): Traffic {
  const { object, labels } = workload
  const isNear = (other: KubeObject) => inSameNamespace(other, object)
  const byLabels = (of: TrafficIndex['services']) =>
    [...labels].flatMap(([name, value]) => of.get(`${name}=${value}`) ?? []).filter(isNear)
  const services = byLabels(index.services).filter(({ tree }) =>
    selects(tree.get('spec', 'selector'), labels),
  )
  const budgets = [...byLabels(index.budgets), ...(index.budgets.get(anybody) ?? []).filter(isNear)]
  const { kind, name } = object
  return {
    services,
    fronts: [...new Set(services.flatMap((service) => index.fronts.get(service.name) ?? []))].filter(isNear),
    autoscalers: (index.autoscalers.get(name) ?? []).filter(
      (each) => isNear(each) && targets(each, workload),
    ),
    budgets: budgets.filter((each) => budgetSelects(each, workload)),
    patches: index.patches.filter((each) => each.kind === kind && (each.name === name || each.name === '*')),
  }
}
