import { folderOf, join } from '../files/files.js'
import { type KubeObject, objectsOf } from '../kubernetes/objects.js'
import { readYaml } from '../read/yaml-tree.js'
import { createSource, type Source } from '../text/source.js'

/** What a kustomization changes in manifests that were read. */
export interface Patches {
  /** Files that hold patches. */
  readonly files: ReadonlySet<string>
  /** Kinds and names of objects that patches in the kustomization itself are for. */
  readonly targets: readonly { readonly kind: string; readonly name: string }[]
}

/** Reads what a `kustomization.yaml` patches. */
export function readPatches(source: Source): Patches {
  const files = new Set<string>()
  const targets: { kind: string; name: string }[] = []
  const folder = folderOf(source.file)
  const add = (text: string | undefined) => {
    if (text === undefined) return
    if (!/\n|:/.test(text)) files.add(join(folder, text))
    else for (const { kind, name } of inlineObjects(text)) targets.push({ kind, name })
  }
  for (const { tree } of readYaml(source)) {
    for (const each of tree?.get('patchesStrategicMerge')?.items ?? []) add(each.text)
    for (const field of ['patches', 'patchesJson6902']) {
      for (const each of tree?.get(field)?.items ?? []) {
        add(each.get('path')?.text)
        add(each.get('patch')?.text)
        const kind = each.get('target', 'kind')?.text
        if (kind !== undefined) targets.push({ kind, name: each.get('target', 'name')?.text ?? '*' })
      }
    }
  }
  return { files, targets }
}

const inlineObjects = (text: string): KubeObject[] =>
  readYaml(createSource('', text)).flatMap(({ tree }) => objectsOf(tree))
