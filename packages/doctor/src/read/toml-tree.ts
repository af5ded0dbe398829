import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'
import type { Source } from '../text/source.js'
import { isTooDeep, Tree, templateIn } from './tree.js'
import type { YamlDocument } from './yaml-tree.js'

type Key = AST.TOMLKey | { keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[] }

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted) => (key.type === 'TOMLBare' ? key.name : key.value)

class Builder {
  private readonly source: Source

  constructor(source: Source) {
    this.source = source
  }

  private create(range: readonly [number, number], parent?: Tree, key?: readonly [number, number]): Tree {
    const named = key && { start: key[0], end: key[1] }
    return new Tree({ source: this.source, start: range[0], end: range[1], parent, key: named })
  }

  /** An empty map. */
  table(range: readonly [number, number], parent?: Tree, key?: readonly [number, number]): Tree {
    const tree = this.create(range, parent, key)
    tree.map = new Map()
    return tree
  }

  /** The table below these names, made where it is missing; of a list of tables the last. */
  below(root: Tree, keys: Key['keys'], range: readonly [number, number]): Tree {
    let tree = root
    for (const key of keys) {
      const name = nameOf(key)
      let next = tree.map?.get(name)
      if (next?.list) next = next.list.at(-1)
      if (next === undefined) {
        next = this.table(range, tree, key.range)
        tree.map?.set(name, next)
      }
      tree = next
    }
    return tree
  }

  fill(tree: Tree, pairs: readonly AST.TOMLKeyValue[]): void {
    for (const { key, value, range } of pairs) {
      const last = key.keys.at(-1)
      if (last === undefined) continue
      const holder = this.below(tree, key.keys.slice(0, -1), range)
      holder.map?.set(nameOf(last), this.value(value, holder, key.range))
    }
  }

  private value(node: AST.TOMLContentNode, parent: Tree, key?: readonly [number, number]): Tree {
    if (node.type === 'TOMLInlineTable') {
      const tree = this.table(node.range, parent, key)
      this.fill(tree, node.body)
      return tree
    }
    const tree = this.create(node.range, parent, key)
    if (node.type === 'TOMLArray') tree.list = node.elements.map((each) => this.value(each, tree))
    else {
      tree.scalar = node.value instanceof Date ? node.value.toISOString() : node.value
      tree.raw = String(tree.scalar)
      if (typeof tree.scalar === 'string') tree.unknown = templateIn(tree.scalar)
    }
    return tree
  }

  /** `[a.b]`, or `[[a.b]]`, which adds to a list. */
  section(root: Tree, node: AST.TOMLTable): void {
    const last = node.key.keys.at(-1)
    if (node.kind === 'standard' || last === undefined) {
      this.fill(this.below(root, node.key.keys, node.range), node.body)
      return
    }
    const holder = this.below(root, node.key.keys.slice(0, -1), node.range)
    const name = nameOf(last)
    let list = holder.map?.get(name)
    if (list?.list === undefined) {
      list = this.create(node.range, holder, node.key.range)
      list.list = []
      holder.map?.set(name, list)
    }
    const item = this.table(node.range, list)
    list.list?.push(item)
    this.fill(item, node.body)
  }
}

/** Reads TOML. */
export function readToml(source: Source): YamlDocument {
  if (isTooDeep(source.text)) return { tree: undefined, problem: { message: 'nested too deeply', at: 0 } }
  try {
    const builder = new Builder(source)
    const root = builder.table([0, source.text.length])
    for (const node of parseTOML(source.text).body[0].body) {
      if (node.type === 'TOMLTable') builder.section(root, node)
      else builder.fill(root, [node])
    }
    return { tree: root }
  } catch (error) {
    const at = error instanceof ParseError ? error.index : 0
    return { tree: undefined, problem: { message: (error as Error).message, at } }
  }
}
