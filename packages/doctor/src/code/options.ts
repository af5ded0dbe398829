import { createRequire } from 'node:module'
import type { CallExpression, Expression, Node, ObjectExpression } from '@babel/types'
import type { Fact } from '../model/fact.js'
import type { Source } from '../text/source.js'

/** Loaded when it is needed: few packages have anything for it. */
const parser = () => createRequire(import.meta.url)('@babel/parser') as typeof import('@babel/parser')

/** Where an object of options stands among the arguments of the calls that take one. */
const callsWithOptions: Readonly<Record<string, number>> = {
  graceful: 0,
  createLifecycle: 0,
  forRoot: 0,
  register: 1,
}

/** The object with options that a call of lameduck has, if this is one. */
function optionsIn(call: CallExpression): ObjectExpression | undefined {
  const { callee } = call
  const name =
    callee.type === 'Identifier'
      ? callee.name
      : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
        ? callee.property.name
        : ''
  const at = Object.hasOwn(callsWithOptions, name) ? callsWithOptions[name] : undefined
  if (at === undefined) return undefined
  const [first] = call.arguments
  if (name === 'register' && !(first?.type === 'Identifier' && /graceful|lameduck/i.test(first.name)))
    return undefined
  if (
    name === 'forRoot' &&
    !(
      callee.type === 'MemberExpression' &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'GracefulModule'
    )
  )
    return undefined
  const options = call.arguments[at]
  return options?.type === 'ObjectExpression' ? options : undefined
}

/** The value of a constant; `undefined`, if it is none. */
function constantOf(node: Expression): { value: unknown } | undefined {
  if (node.type === 'NumericLiteral' || node.type === 'StringLiteral' || node.type === 'BooleanLiteral')
    return { value: node.value }
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return { value: node.quasis[0]?.value.cooked }
  if (node.type === 'BinaryExpression' && node.operator === '*' && node.left.type !== 'PrivateName') {
    const [left, right] = [constantOf(node.left), constantOf(node.right)]
    if (typeof left?.value === 'number' && typeof right?.value === 'number')
      return { value: left.value * right.value }
  }
  if (node.type === 'ArrayExpression') {
    const items = node.elements.map((item) =>
      item && item.type !== 'SpreadElement' ? constantOf(item) : undefined,
    )
    return items.every((item) => item !== undefined) ? { value: items.map(({ value }) => value) } : undefined
  }
  if (node.type === 'ObjectExpression') {
    const fields = node.properties.map((property) => {
      if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') return undefined
      const constant = constantOf(property.value as Expression)
      return constant && ([property.key.name, constant.value] as const)
    })
    return fields.every((field) => field !== undefined) ? { value: Object.fromEntries(fields) } : undefined
  }
  return undefined
}

/** Options that the doctor computes with. */
const ofInterest = new Set([
  'gracePeriod',
  'shutdownDelay',
  'linger',
  'hookBudget',
  'signals',
  'probes',
  'platform',
  'otherHandlers',
  'readinessDuringDrain',
])

function visit(node: unknown, found: (call: CallExpression) => void, depth = 0): void {
  if (typeof node !== 'object' || node === null || depth > 400) return
  if (Array.isArray(node)) {
    for (const each of node) visit(each, found, depth + 1)
    return
  }
  const { type } = node as Partial<Node>
  if (typeof type !== 'string') return
  if (type === 'CallExpression') found(node as CallExpression)
  for (const [name, child] of Object.entries(node))
    if (name !== 'loc' && typeof child === 'object') visit(child, found, depth + 1)
}

/** Notes the options of a call. */
function note(call: CallExpression, source: Source, options: Map<string, Fact<unknown>>): void {
  for (const property of optionsIn(call)?.properties ?? []) {
    if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') continue
    const { name } = property.key
    if (!ofInterest.has(name)) continue
    const at = source.place(property.start ?? 0, property.end ?? 0)
    const constant = constantOf(property.value as Expression)
    options.set(
      name,
      constant ? { value: constant.value, at, isDefault: false } : { unknown: `${name} is no constant`, at },
    )
  }
}

function parse(text: string) {
  try {
    return parser().parse(text, {
      sourceType: 'module',
      plugins: ['typescript', 'decorators', 'jsx'],
      errorRecovery: true,
    })
  } catch {
    // A file that is no JavaScript tells nothing.
    return undefined
  }
}

/** The options of lameduck that sources set: constants with their values, all else as unknown. */
export function readOptions(sources: readonly Source[]): ReadonlyMap<string, Fact<unknown>> {
  const options = new Map<string, Fact<unknown>>()
  for (const source of sources) visit(parse(source.text)?.program, (call) => note(call, source, options))
  return options
}
