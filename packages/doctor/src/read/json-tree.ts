import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Source } from '../text/source.js'
import { isTooDeep, Tree } from './tree.js'
import type { YamlDocument } from './yaml-tree.js'

function convert(source: Source, node: Node, key?: Node, parent?: Tree): Tree {
  const end = node.offset + node.length
  const named = key && { start: key.offset, end: key.offset + key.length }
  const tree = new Tree({ source, start: node.offset, end, key: named, parent })
  const children = node.children ?? []
  if (node.type === 'array') tree.list = children.map((child) => convert(source, child, undefined, tree))
  else if (node.type === 'object') {
    tree.map = new Map()
    for (const { children: [name, value] = [] } of children)
      if (name && value) tree.map.set(String(name.value), convert(source, value, name, tree))
  } else {
    tree.scalar = node.value
    tree.raw = source.text.slice(node.offset, end)
    if (typeof node.value === 'string') tree.raw = node.value
  }
  return tree
}

/** Reads JSON; comments and commas at the end are allowed, as tools that read such files allow them. */
export function readJson(source: Source): YamlDocument {
  const problem = (message: string, at: number) => ({ tree: undefined, problem: { message, at } })
  if (isTooDeep(source.text)) return problem('nested too deeply', 0)
  const errors: ParseError[] = []
  const offset = source.text.startsWith('\uFEFF') ? 1 : 0
  const text = offset ? ` ${source.text.slice(1)}` : source.text
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error || !root) return problem(error ? printParseErrorCode(error.error) : 'empty', error?.offset ?? 0)
  return { tree: convert(source, root) }
}
