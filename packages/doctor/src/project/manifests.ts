import { folderOf } from '../files/files.js'
import type { KubeObject } from '../kubernetes/objects.js'
import { isWorkload, readWorkload, type Workload } from '../kubernetes/workload.js'
import type { Problem } from '../read/problem.js'
import { isPartial, readManifests, standIn } from '../read/read-kubernetes.js'
import type { Input } from './inputs.js'
import { readPatches } from './kustomize.js'

/** All manifests that were read. */
export interface AllManifests {
  readonly objects: readonly KubeObject[]
  readonly patches: readonly KubeObject[]
  readonly workloads: readonly Workload[]
  readonly problems: readonly Problem[]
}

/** One finding for a chart, however many templates it has. */
function oncePerFolder(problems: readonly Problem[]): Problem[] {
  const templates = new Map<string, Problem[]>()
  for (const problem of problems) {
    if (problem.kind !== 'template') continue
    const folder = folderOf(problem.at.file).replace(/(^|\/)templates\/.*$/, '$1templates')
    const own = templates.get(folder)
    if (own) own.push(problem)
    else templates.set(folder, [problem])
  }
  const merged = [...templates].flatMap(([, [first, ...rest]]) =>
    first === undefined
      ? []
      : [
          rest.length === 0
            ? first
            : { ...first, message: `${first.message}; so are ${rest.length} more in its folder` },
        ],
  )
  return [...merged, ...problems.filter(({ kind }) => kind !== 'template')]
}

/** Reads all manifests, and tells patches from whole objects. */
export function readAllManifests(inputs: readonly Input[]): AllManifests {
  const read = inputs.filter(({ kind }) => kind === 'kubernetes').map(({ source }) => readManifests(source))
  const found = read.flatMap(({ objects }) => objects)
  const problems = read.flatMap((each) => each.problems)
  const kustomized = inputs
    .filter(({ kind }) => kind === 'kustomization')
    .map(({ source }) => readPatches(source))
  const patchFiles = new Set(kustomized.flatMap(({ files }) => [...files]))
  const isPatch = (object: KubeObject) => patchFiles.has(object.source.file) || isPartial(object)
  const objects = found.filter((object) => !isPatch(object))
  const [like] = found
  const targets = kustomized.flatMap((each) => each.targets)
  const patches = [
    ...found.filter(isPatch),
    ...(like ? targets.map(({ kind, name }) => standIn(like, kind, name)) : []),
  ]
  const partial = found.filter((object) => isPartial(object) && !patchFiles.has(object.source.file))
  return {
    objects,
    patches,
    workloads: objects.filter(isWorkload).flatMap((object) => readWorkload(object) ?? []),
    problems: [
      ...oncePerFolder(problems),
      ...partial.map(
        (object): Problem => ({
          kind: 'partial',
          at: object.tree.place,
          message: `${object.kind} ${object.name} is a part of an object`,
        }),
      ),
    ],
  }
}
