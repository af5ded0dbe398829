import { anyNamespace, type KubeObject, objectsOf } from '../kubernetes/objects.js'
import type { Source } from '../text/source.js'
import { readJson } from './json-tree.js'
import type { Problem } from './problem.js'
import { readYaml, type YamlDocument } from './yaml-tree.js'

/** What a file of manifests holds. */
export interface Manifests {
  readonly objects: readonly KubeObject[]
  readonly problems: readonly Problem[]
}

/** What rules ask for; all else is passed over without being parsed. */
const kinds = new Set([
  'Pod',
  'Deployment',
  'DeploymentConfig',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
  'Job',
  'CronJob',
  'Service',
  'Configuration',
  'Revision',
  'Ingress',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'Gateway',
  'VirtualService',
  'HorizontalPodAutoscaler',
  'ScaledObject',
  'PodDisruptionBudget',
  'GCPBackendPolicy',
  'BackendConfig',
  'TargetGroupBinding',
  'Config',
  'ConfigMap',
  'Namespace',
])

/** The largest document that is parsed, in characters: no manifest that a cluster takes is larger than 1.5 MB. */
const largest = 1_600_000
/** The most that is parsed of one file, and how many documents of it. */
const mostOfAFile = 4_000_000
const mostDocuments = 4000

interface Part {
  readonly start: number
  readonly end: number
}

/** Where the documents of a stream are. */
function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let start = 0
  for (const match of text.matchAll(/^---(?=[ \t\r\n]|$)/gm)) {
    if (match.index > start) parts.push({ start, end: match.index })
    start = match.index
  }
  parts.push({ start, end: text.length })
  return parts
}

/** A line that a template's own language has written, or a value that it will. */
const template = /^[ \t]*(?:-[ \t]+)?\{\{|^[ \t]*\{%|:[ \t]+(?:&\w+[ \t]+)?\{\{|^[ \t]*-[ \t]+\{\{|^[ \t]*<%/m

const isOfInterest = (text: string) => {
  const [, kind] = /^["']?kind["']?[ \t]*:[ \t]*["']?([\w{]+)/m.exec(text) ?? []
  if (kind === undefined) return /^\s*[{"']|\bkind:/.test(text)
  return kind.startsWith('{') || kinds.has(kind) || /List$/.test(kind)
}

const isBlank = (text: string) => !/^[ \t]*[^\s#-]/m.test(text.replace(/^---.*$/m, ''))

/** Where a template's own language stands in a document, if it does. */
function templateIn(source: Source, text: string, start: number): Problem | undefined {
  const found = template.exec(text)
  if (!found) return undefined
  const blank = found[0].length - found[0].trimStart().length
  const at = source.place(start + found.index + blank)
  return { kind: 'template', at, message: 'it is a template that has not been rendered' }
}

const tooLarge = (source: Source, at: number, length: number): Manifests => ({
  objects: [],
  problems: [{ kind: 'unread', at: source.place(at), message: `it is too large: ${length} characters` }],
})

const isConfig = (text: string) => /^["']?kind["']?[ \t]*:[ \t]*["']?ConfigMap\b/m.test(text)

function readPart(source: Source, part: Part): Manifests {
  const text = source.text.slice(part.start, part.end)
  const read = readText(source, part, text)
  // Whatever else a ConfigMap holds, templates and dashboards, is nobody's business here.
  return isConfig(text) ? { objects: read.objects, problems: [] } : read
}

function readText(source: Source, { start, end }: Part, text: string): Manifests {
  if (text.length > largest)
    return tooLarge(source, start + Math.max(0, text.search(/^(?!---)[^\s#]/m)), text.length)
  const problem = templateIn(source, text, start)
  if (problem) return { objects: [], problems: [problem] }
  const read = readYaml(source, start, end).map((document) => fromDocument(source, document))
  return {
    objects: read.flatMap(({ objects }) => objects),
    problems: read.flatMap(({ problems }) => problems),
  }
}

/** Reads the manifests of a file: one that cannot be read does not keep the others from it. */
export function readManifests(source: Source): Manifests {
  if (/^\uFEFF?\s*[{[]/.test(source.text)) {
    return source.text.length > mostOfAFile
      ? tooLarge(source, 0, source.text.length)
      : fromDocument(source, readJson(source))
  }
  const parts = partsOf(source.text).filter(({ start, end }) => {
    const text = source.text.slice(start, end)
    return !isBlank(text) && isOfInterest(text)
  })
  const from = parts[0]?.start ?? 0
  const taken = parts.slice(0, mostDocuments).filter(({ end }) => end - from <= mostOfAFile)
  const read = taken.map((part) => readPart(source, part))
  const [first] = parts.slice(taken.length)
  const tooMuch: Problem[] = first
    ? [
        {
          kind: 'unread',
          at: source.place(first.start),
          message: 'the file is too large: what follows was not read',
        },
      ]
    : []
  return {
    objects: read.flatMap(({ objects }) => objects),
    problems: [...read.flatMap(({ problems }) => problems), ...tooMuch],
  }
}

function fromDocument(source: Source, { tree, problem }: YamlDocument): Manifests {
  if (!problem) return { objects: objectsOf(tree), problems: [] }
  return {
    objects: [],
    problems: [{ kind: 'unread', at: source.place(problem.at), message: problem.message }],
  }
}

/** An object that is only a part of one: containers without an image, no selector; it is merged into another. */
export function isPartial({ tree, kind }: KubeObject): boolean {
  if (!['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'CronJob', 'Job', 'Pod'].includes(kind))
    return false
  const pod =
    kind === 'Pod'
      ? tree.get('spec')
      : kind === 'CronJob'
        ? tree.get('spec', 'jobTemplate', 'spec', 'template', 'spec')
        : tree.get('spec', 'template', 'spec')
  const containers = pod?.get('containers')?.items ?? []
  if (kind === 'Rollout' && tree.get('spec', 'workloadRef')) return true
  return containers.length === 0 || containers.some((container) => container.get('image') === undefined)
}

/** A stand-in for an object that a patch in a kustomization is meant for. */
export const standIn = (like: KubeObject, kind: string, name: string): KubeObject => ({
  ...like,
  kind,
  name,
  namespace: anyNamespace,
})
