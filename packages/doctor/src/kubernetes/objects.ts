import type { Tree } from '../read/tree.js'
import type { Source } from '../text/source.js'

/** An object of Kubernetes. */
export interface KubeObject {
  readonly source: Source
  readonly tree: Tree
  readonly kind: string
  readonly apiVersion: string
  readonly name: string
  readonly namespace: string
}

/** The namespace that is meant where none is written. */
export const anyNamespace = ''

/** The objects of a document: one, or those of a list. */
export function objectsOf(tree: Tree | undefined, depth = 0): KubeObject[] {
  if (tree?.map === undefined || depth > 3) return []
  const kind = tree.get('kind')?.text
  if (kind === undefined) return []
  const items = tree.get('items')
  if (/List$/.test(kind) && items?.list) return items.items.flatMap((item) => objectsOf(item, depth + 1))
  const meta = tree.get('metadata')
  return [
    {
      source: tree.source,
      tree,
      kind,
      apiVersion: tree.get('apiVersion')?.text ?? '',
      name: meta?.get('name')?.text ?? meta?.get('generateName')?.text ?? '',
      namespace: meta?.get('namespace')?.text ?? anyNamespace,
    },
  ]
}

/** Whether two objects may be in the same namespace: one that is not written may be any. */
export const inSameNamespace = (a: KubeObject, b: KubeObject): boolean =>
  a.namespace === anyNamespace || b.namespace === anyNamespace || a.namespace === b.namespace

/** A map of texts, as labels are. */
export const textsOf = (tree: Tree | undefined): ReadonlyMap<string, string> =>
  new Map(
    (tree?.fields ?? []).flatMap(([name, value]) =>
      value.text === undefined ? [] : [[name, value.text] as const],
    ),
  )

/** Whether labels have all that a selector asks for; an empty selector chooses nothing. */
export function selects(selector: Tree | undefined, labels: ReadonlyMap<string, string>): boolean {
  const asked = selector?.fields ?? []
  return (
    asked.length > 0 &&
    asked.every(([name, value]) => value.text !== undefined && labels.get(name) === value.text)
  )
}
