import { createRequire } from 'node:module'
import type { Node, ObjectExpression, ObjectProperty, Program } from '@babel/types'
import type { Source } from '../text/source.js'
import { Tree } from './tree.js'
import type { YamlDocument } from './yaml-tree.js'

const parser = () => createRequire(import.meta.url)('@babel/parser') as typeof import('@babel/parser')

/** What a module exports: by `module.exports =`, or by `export default`. */
function exported({ body }: Program): Node | undefined {
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') return statement.declaration
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression')
      continue
    const { left, right } = statement.expression
    if (
      left.type === 'MemberExpression' &&
      left.object.type === 'Identifier' &&
      left.object.name === 'module'
    )
      return right
  }
  return undefined
}

/** What a name stands for, if it is a constant of the module. */
function resolve(node: Node, program: Program): Node {
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression')
    return resolve(node.expression, program)
  if (node.type !== 'Identifier') return node
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration') continue
    const found = statement.declarations.find(({ id }) => id.type === 'Identifier' && id.name === node.name)
    if (found?.init) return found.init
  }
  return node
}

function literalOf(node: Node): string | number | boolean | null | undefined {
  if (node.type === 'StringLiteral' || node.type === 'NumericLiteral' || node.type === 'BooleanLiteral')
    return node.value
  if (node.type === 'NullLiteral') return null
  if (node.type === 'BinaryExpression' && node.operator === '*') {
    const [left, right] = [literalOf(node.left), literalOf(node.right)]
    return typeof left === 'number' && typeof right === 'number' ? left * right : undefined
  }
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? ''
  return undefined
}

const byCode = 'it is computed by code'

class Converter {
  private readonly source: Source
  private readonly program: Program

  constructor(source: Source, program: Program) {
    this.source = source
    this.program = program
  }

  convert(given: Node, key?: Node, parent?: Tree, depth = 0): Tree {
    const node = depth < 40 ? resolve(given, this.program) : given
    const named = key && { start: key.start ?? 0, end: key.end ?? 0 }
    const tree = new Tree({
      source: this.source,
      start: node.start ?? 0,
      end: node.end ?? 0,
      key: named,
      parent,
    })
    const value = literalOf(node)
    if (node.type === 'ObjectExpression' && depth < 40) {
      tree.map = this.fields(node, tree, depth)
      if (tree.map === undefined) tree.unknown = byCode
    } else if (node.type === 'ArrayExpression' && depth < 40) {
      tree.list = node.elements.flatMap((item) =>
        item ? [this.convert(item, undefined, tree, depth + 1)] : [],
      )
    } else if (value === undefined) tree.unknown = byCode
    else {
      tree.scalar = value
      tree.raw = String(value)
    }
    return tree
  }

  /** The fields of an object, with those of objects that are spread into it; nothing, where one of these is made by code. */
  private fields({ properties }: ObjectExpression, tree: Tree, depth: number): Map<string, Tree> | undefined {
    const fields = properties.map((property) => {
      if (property.type === 'ObjectMethod') return []
      return property.type === 'ObjectProperty'
        ? this.field(property, tree, depth)
        : this.convert(property.argument, undefined, tree, depth + 1).map
    })
    return fields.every((each) => each !== undefined)
      ? new Map(fields.flatMap((each) => [...each]))
      : undefined
  }

  private field({ key, value }: ObjectProperty, tree: Tree, depth: number): (readonly [string, Tree])[] {
    const name = key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : undefined
    return name === undefined ? [] : [[name, this.convert(value, key, tree, depth + 1)]]
  }
}

/** Reads the constants of the object that a module of JavaScript exports; what is computed is unknown. */
export function readJs(source: Source): YamlDocument {
  try {
    const { program } = parser().parse(source.text, {
      sourceType: 'unambiguous',
      errorRecovery: true,
      plugins: ['typescript'],
    })
    const node = exported(program)
    return node ? { tree: new Converter(source, program).convert(node) } : { tree: undefined }
  } catch (error) {
    return { tree: undefined, problem: { message: (error as Error).message, at: 0 } }
  }
}
