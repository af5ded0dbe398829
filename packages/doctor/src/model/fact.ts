import type { Tree } from '../read/tree.js'
import type { Place } from '../text/source.js'

/** A setting: its value, or why nobody can tell from what was read. */
export type Fact<T> = Known<T> | Unknown

/** A setting that was seen, or has the default of its platform. */
export interface Known<T> {
  readonly value: T
  readonly at: Place
  readonly isDefault: boolean
}

/** A setting that somebody fills in later, or that is somewhere else. */
export interface Unknown {
  readonly unknown: string
  readonly at: Place
}

/** Whether a setting is known. */
export const isKnown = <T>(fact: Fact<T>): fact is Known<T> => 'value' in fact

function read<T>(
  tree: Tree | undefined,
  otherwise: T,
  at: Place,
  value: (tree: Tree) => T | undefined,
): Fact<T> {
  if (tree === undefined || (tree.scalar === null && tree.unknown === undefined))
    return { value: otherwise, at: tree?.place ?? at, isDefault: true }
  if (tree.unknown !== undefined) return { unknown: tree.unknown, at: tree.place }
  const found = value(tree)
  if (found === undefined) return { unknown: 'it cannot be read', at: tree.place }
  return { value: found, at: tree.place, isDefault: false }
}

/** A number, or its default where it is not given. */
export const numberOf = (tree: Tree | undefined, otherwise: number, at: Place): Fact<number> =>
  read(tree, otherwise, at, ({ number }) => number)

/** A text, or its default where it is not given. */
export const textOf = (tree: Tree | undefined, otherwise: string, at: Place): Fact<string> =>
  read(tree, otherwise, at, ({ text }) => text)

/** What a default would be where it is not given, read in the caller's own way. */
export const factOf = read
