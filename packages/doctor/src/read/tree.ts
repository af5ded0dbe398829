import type { Place, Source } from '../text/source.js'

/** What a scalar may be. */
export type Scalar = string | number | boolean | null

/** What a tree is made of. */
export interface TreeParts {
  readonly source: Source
  readonly start: number
  readonly end: number
  /** The part that its name takes, where it has one. */
  readonly key?: { readonly start: number; readonly end: number } | undefined
  readonly parent?: Tree | undefined
}

/** A value of a file with its place, whatever the file is written in: YAML, JSON, TOML, or an object of JavaScript. */
export class Tree {
  readonly source: Source
  readonly start: number
  readonly end: number
  readonly key: { readonly start: number; readonly end: number } | undefined
  readonly parent: Tree | undefined
  /** What it stands for, if it is no map and no list. */
  scalar: Scalar | undefined
  /** How it is written, if it is a scalar. */
  raw: string | undefined
  map: Map<string, Tree> | undefined
  list: Tree[] | undefined
  /** Why it cannot be known: a template, or code. */
  unknown: string | undefined
  /** Written in one line with brackets: nothing can be added to it line by line. */
  isFlow = false

  constructor(parts: TreeParts) {
    this.source = parts.source
    this.start = parts.start
    this.end = parts.end
    this.key = parts.key
    this.parent = parts.parent
  }

  /** What is found below these names; nothing, where one is missing. */
  get(...names: readonly string[]): Tree | undefined {
    let tree: Tree | undefined = this
    for (const name of names) tree = tree?.map?.get(name)
    return tree
  }

  /** The items, if it is a list. */
  get items(): readonly Tree[] {
    return this.list ?? []
  }

  /** The fields, if it is a map. */
  get fields(): readonly (readonly [string, Tree])[] {
    return this.map === undefined ? [] : [...this.map]
  }

  /** Its text, if it is a text that is known. */
  get text(): string | undefined {
    if (this.unknown !== undefined || this.scalar === undefined || this.scalar === null) return undefined
    return typeof this.scalar === 'string' ? this.scalar : (this.raw ?? String(this.scalar))
  }

  /** Its number, if it is one that is known. */
  get number(): number | undefined {
    if (this.unknown !== undefined) return undefined
    if (typeof this.scalar === 'number') return this.scalar
    if (typeof this.scalar === 'string' && /^\d+(\.\d+)?$/.test(this.scalar.trim()))
      return Number(this.scalar)
    return undefined
  }

  /** Where it is: where its name begins, if it has one. */
  get place(): Place {
    const from = this.key?.start ?? this.start
    return this.source.place(from, this.end, this.linesAround())
  }

  private linesAround(): number[] {
    const lines: number[] = []
    for (let tree: Tree | undefined = this; tree !== undefined && lines.length < 60; tree = tree.parent)
      lines.push(this.source.lineOf(tree.key?.start ?? tree.start))
    return lines
  }
}

/** A scalar that nobody can know before something else has been run over the file. */
const templated = /\{\{|\$\{|\$\([A-Z_]+\)|<%/

/** Says that a text is yet to be filled in. */
export const templateIn = (text: string): string | undefined =>
  templated.test(text) ? `${text.length > 60 ? `${text.slice(0, 60)}…` : text} is filled in later` : undefined

/** The deepest nesting that is read: nothing real comes near it, and a parser that calls itself would run out of stack. */
export const deepest = 200

/** Whether brackets are nested deeper than anybody writes by hand. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x5b || code === 0x7b) {
      if (++depth > deepest) return true
    } else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1)
  }
  return false
}
