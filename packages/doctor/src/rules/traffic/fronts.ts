import { readTime } from '../../deployed/times.js'
import type { KubeObject } from '../../kubernetes/objects.js'
import { textsOf } from '../../kubernetes/objects.js'
import type { Container } from '../../project/container.js'
import type { Tree } from '../../read/tree.js'

/** How long something in front of a service keeps idle connections to it open. */
export interface IdleTime {
  readonly who: string
  /** In seconds. */
  readonly seconds: number
  readonly at: Tree
}

const annotationsOf = ({ tree }: KubeObject) => tree.get('metadata', 'annotations')

const classOf = (object: KubeObject) =>
  object.tree.get('spec', 'ingressClassName')?.text ??
  textsOf(annotationsOf(object)).get('kubernetes.io/ingress.class') ??
  ''

function idleOf(object: KubeObject): IdleTime | undefined {
  const annotations = annotationsOf(object)
  const at = annotations ?? object.tree
  const name = classOf(object)
  const texts = textsOf(annotations)
  const attributes = annotations?.get('alb.ingress.kubernetes.io/load-balancer-attributes')
  const [, seconds] = /idle_timeout\.timeout_seconds=(\d+)/.exec(attributes?.text ?? '') ?? []
  if (seconds !== undefined) return { who: 'the ALB', seconds: Number(seconds), at: attributes ?? at }
  if (name === 'alb' || [...texts.keys()].some((key) => key.startsWith('alb.ingress.kubernetes.io/')))
    return { who: 'the ALB', seconds: 60, at }
  if (
    /^gce/.test(name) ||
    [...texts.keys()].some((key) => /^(?:ingress\.gcp|networking\.gke|cloud\.google)/.test(key))
  )
    return { who: "Google's balancer", seconds: 600, at }
  if (/nginx/.test(name) || [...texts.keys()].some((key) => key.startsWith('nginx.ingress.kubernetes.io/')))
    return { who: 'ingress-nginx', seconds: 60, at }
  return undefined
}

/** The longest idle time of what stands in front of a container, where it is known. */
export function idleTimeOf({ traffic }: Container): IdleTime | undefined {
  return traffic.fronts
    .map(idleOf)
    .reduce<IdleTime | undefined>(
      (best, each) => (each && each.seconds > (best?.seconds ?? 0) ? each : best),
      undefined,
    )
}

/** Node's own, in seconds, in every version up to 26. */
export const nodesKeepAlive = 5
/** What Fastify sets. */
const fastifysKeepAlive = 72

/** How long the server keeps idle connections open, in seconds; nothing, if that was not seen. */
export function keepAliveOf({ code, pkg }: Container): number | undefined {
  if (code?.keepAlive !== undefined) return code.keepAlive / 1000
  if (pkg === undefined || code?.setsKeepAlive) return undefined
  if (pkg.dependencies.has('fastify') || pkg.dependencies.has('@nestjs/platform-fastify'))
    return fastifysKeepAlive
  return code?.isWhole && code.serves ? nodesKeepAlive : undefined
}

/** The longest time that something in front waits for an answer. */
export interface RequestTimeout {
  readonly setting: string
  /** In seconds. */
  readonly seconds: number
  readonly at: Tree
}

const timeouts = [
  'nginx.ingress.kubernetes.io/proxy-read-timeout',
  'haproxy.org/timeout-server',
  'haproxy-ingress.github.io/timeout-server',
] as const

function annotated(object: KubeObject): RequestTimeout[] {
  return timeouts.flatMap((setting) => {
    const at = annotationsOf(object)?.get(setting)
    const time = at?.text === undefined ? undefined : readTime(at.text)
    return at === undefined || time === undefined
      ? []
      : [{ setting: setting.replace(/^.*\//, ''), seconds: time / 1000, at }]
  })
}

/** Time limits that annotations of an Ingress set. */
export const ingressTimeouts = ({ traffic }: Container): RequestTimeout[] =>
  traffic.fronts.filter(({ kind }) => kind === 'Ingress').flatMap(annotated)

/** Time limits that routes of the Gateway API set. */
export const routeTimeouts = ({ traffic }: Container): RequestTimeout[] =>
  traffic.fronts
    .filter(({ kind }) => kind === 'HTTPRoute' || kind === 'GRPCRoute')
    .flatMap(({ tree }) => tree.get('spec', 'rules')?.items ?? [])
    .flatMap((each) => {
      const at = each.get('timeouts', 'request')
      const time = at?.text === undefined ? undefined : readTime(at.text)
      return at === undefined || time === undefined || time === 0
        ? []
        : [{ setting: 'timeouts.request', seconds: time / 1000, at }]
    })
