import type { Source } from '../text/source.js'
import { type Instruction, readInstructions } from './instructions.js'

/** One stage of a Dockerfile. */
export interface Stage {
  /** The image it begins with, its variables replaced by their defaults; nothing where one has none. */
  readonly base: string | undefined
  /** As it is written. */
  readonly written: string
  readonly name: string | undefined
  readonly from: Instruction
  readonly instructions: readonly Instruction[]
  /** The earlier stage it begins with. */
  readonly parent: Stage | undefined
}

const variable = /\$(?:\{(\w+)(?::?([-+])([^}]*))?\}|(\w+))/g

/** Replaces variables by their defaults; nothing, if one has none. */
export function substitute(text: string, values: ReadonlyMap<string, string>): string | undefined {
  let isWhole = true
  const replaced = text.replaceAll(variable, (_all, braced, operator, word, bare) => {
    const value = values.get(braced ?? bare)
    if (operator === '+') return value === undefined ? '' : word
    if (value !== undefined && value !== '') return value
    if (operator === '-') return word
    isWhole = false
    return ''
  })
  return isWhole ? replaced : undefined
}

const unquote = (text: string) => text.replace(/^(["'])(.*)\1$/, '$2')

function readArgument({ rest }: Instruction, values: Map<string, string>): void {
  for (const [, name = '', value] of rest.matchAll(/(\w+)(?:=("[^"]*"|'[^']*'|\S*))?/g))
    if (value !== undefined) values.set(name, substitute(unquote(value), values) ?? '')
}

/** What build platforms are called is set by whoever builds. */
const withoutFlags = (rest: string) => rest.replace(/^(?:--\S+\s+)+/, '')

/** The stages of a Dockerfile, in their order. */
export function readStages(source: Pick<Source, 'text'>): Stage[] {
  const stages: Stage[] = []
  const byName = new Map<string, Stage>()
  const values = new Map<string, string>()
  let current: Instruction[] = []
  for (const instruction of readInstructions(source)) {
    if (instruction.name === 'ARG' && stages.length === 0) readArgument(instruction, values)
    if (instruction.name !== 'FROM') {
      current.push(instruction)
      continue
    }
    const [, written = '', name] = /^(\S+)(?:\s+as\s+(\S+))?/i.exec(withoutFlags(instruction.rest)) ?? []
    const base = substitute(unquote(written), values)
    const parent = base === undefined ? undefined : byName.get(base.toLowerCase())
    current = []
    const stage = {
      base,
      written,
      name: name?.toLowerCase(),
      from: instruction,
      instructions: current,
      parent,
    }
    stages.push(stage)
    if (stage.name !== undefined && !byName.has(stage.name)) byName.set(stage.name, stage)
  }
  return stages
}

/** A stage and those it begins with, the outermost first. */
export function lineage(stage: Stage): Stage[] {
  const stages: Stage[] = []
  for (let each: Stage | undefined = stage; each && stages.length < 100; each = each.parent) stages.push(each)
  return stages
}
