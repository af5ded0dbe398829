import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Parser,
} from 'yaml'
import type { Source } from '../text/source.js'
import { Tree, templateIn } from './tree.js'

/** A document of a YAML stream. */
export interface YamlDocument {
  readonly tree: Tree | undefined
  /** What is wrong with it, and where. */
  readonly problem?: { readonly message: string; readonly at: number } | undefined
}

/** Each anchor is converted once, however often it is used: aliases of aliases cost nothing. */
type Anchors = Map<string, { node: Node; tree?: Tree | undefined }>

function collectAnchors(node: unknown, anchors: Anchors): void {
  if (isPair(node)) {
    collectAnchors(node.key, anchors)
    collectAnchors(node.value, anchors)
    return
  }
  if (isMap(node) || isSeq(node)) for (const item of node.items) collectAnchors(item, anchors)
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) anchors.set(node.anchor, { node })
}

/** How many fields may come by merge keys: those of merge keys of merge keys are soon very many. */
const mostMerged = 20_000

class Converter {
  private readonly source: Source
  private readonly offset: number
  private readonly anchors: Anchors = new Map()
  private merges = 0

  constructor(source: Source, offset: number, contents: unknown) {
    this.source = source
    this.offset = offset
    collectAnchors(contents, this.anchors)
  }

  convert(node: unknown, key?: Node, parent?: Tree): Tree | undefined {
    if (isAlias(node)) return this.resolve(node.source, parent)
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return key && this.leaf(key, key, parent, null)
    if (isScalar(node)) return this.leaf(node, key, parent, node.value)
    const tree = this.create(node, key, parent)
    const anchor = node.anchor === undefined ? undefined : this.anchors.get(node.anchor)
    if (anchor?.node === node) anchor.tree ??= tree
    tree.isFlow = node.flow === true
    if (isSeq(node)) tree.list = node.items.flatMap((item) => this.convert(item, undefined, tree) ?? [])
    else this.fill(tree, node.items)
    return tree
  }

  private fill(tree: Tree, pairs: readonly Pair[]): void {
    const map = new Map<string, Tree>()
    tree.map = map
    const merged: Tree[] = []
    for (const { key, value } of pairs) {
      const field = isScalar(key) ? this.convert(value, key, tree) : undefined
      if (field === undefined || !isScalar(key)) continue
      if (key.value === '<<') merged.push(...(field.list ?? [field]))
      else map.set(String(key.value), field)
    }
    for (const [name, field] of this.mergedFields(merged)) if (!map.has(name)) map.set(name, field)
  }

  /** Fields of merged maps, as long as they are not more than anybody would write. */
  private mergedFields(merged: readonly Tree[]): (readonly [string, Tree])[] {
    const fields = merged.flatMap((other) => other.fields)
    this.merges += fields.length
    return this.merges > mostMerged ? [] : fields
  }

  private resolve(name: string, parent: Tree | undefined): Tree | undefined {
    const anchor = this.anchors.get(name)
    if (anchor === undefined) return undefined
    anchor.tree ??= this.convert(anchor.node, undefined, parent)
    return anchor.tree
  }

  private create(node: Node, key: Node | undefined, parent: Tree | undefined): Tree {
    const [start = 0, end = start] = node.range ?? []
    const [keyStart, keyEnd = 0] = key?.range ?? []
    const { source, offset } = this
    return new Tree({
      source,
      start: start + offset,
      end: end + offset,
      parent,
      key: keyStart === undefined ? undefined : { start: keyStart + offset, end: keyEnd + offset },
    })
  }

  private leaf(node: Node, key: Node | undefined, parent: Tree | undefined, value: unknown): Tree {
    const tree = this.create(node, key, parent)
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    tree.scalar = known ? value : null
    if (isScalar(node) && typeof node.source === 'string') tree.raw = node.source
    if (typeof value === 'string') tree.unknown = templateIn(value)
    return tree
  }
}

function compose(source: Source, text: string, offset: number): YamlDocument[] {
  const documents: Document.Parsed[] = []
  const composer = new Composer({ strict: false, uniqueKeys: false, logLevel: 'silent', stringKeys: false })
  for (const token of new Parser().parse(text)) for (const each of composer.next(token)) documents.push(each)
  for (const each of composer.end(false, text.length)) documents.push(each)
  return documents.map(({ errors: [error], contents }) => {
    if (error)
      return { tree: undefined, problem: { message: firstLine(error.message), at: error.pos[0] + offset } }
    return { tree: new Converter(source, offset, contents).convert(contents) }
  })
}

const firstLine = (text: string) => (text.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')

/**
 * Reads the YAML between two offsets. A tree shares what its anchors share. Whatever the text is, this returns: what cannot
 * be read is a problem.
 */
export function readYaml(source: Source, from = 0, to = source.text.length): YamlDocument[] {
  try {
    return compose(source, source.text.slice(from, to), from)
  } catch (error) {
    return [{ tree: undefined, problem: { message: firstLine((error as Error).message), at: from } }]
  }
}
