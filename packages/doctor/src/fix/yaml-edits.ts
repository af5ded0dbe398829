import type { Tree } from '../read/tree.js'
import type { Edit } from './edit.js'

/** Where a line ends, its line break included; the text's end, if it has none. */
function behindLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** The last character of a value that is no blank and no line break. */
function lastOf(text: string, { start, end }: Tree): number {
  let at = end
  while (at > start && /\s/.test(text[at - 1] as string)) at--
  return Math.max(start, at - 1)
}

/**
 * Adds lines to a map that is written line by line, behind one of its fields, else behind its first. Nothing, where the map is
 * written in brackets, or not in this file.
 */
export function fieldAfter(map: Tree, after: string, lines: readonly string[]): readonly Edit[] | undefined {
  if (map.isFlow || map.map === undefined || !/\.ya?ml$/.test(map.source.file)) return undefined
  const [first] = map.fields
  const field = map.get(after) ?? first?.[1]
  const key = first?.[1].key
  if (field?.key === undefined || key === undefined) return undefined
  const { text, file } = map.source
  const column = key.start - (text.lastIndexOf('\n', key.start - 1) + 1)
  const at = behindLine(text, lastOf(text, field))
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const indent = ' '.repeat(column)
  const added = lines.map((line) => `${indent}${line}${newline}`).join('')
  const isLastLine = at === text.length && !text.endsWith('\n')
  return [{ file, start: at, end: at, text: isLastLine ? `${newline}${added.trimEnd()}` : added }]
}

/** Replaces a scalar, its quotes included. */
export function replaceScalar(tree: Tree, text: string): readonly Edit[] {
  const written = tree.source.text.slice(tree.start, tree.end)
  const quote = /^["']/.exec(written)?.[0] ?? ''
  return [{ file: tree.source.file, start: tree.start, end: tree.end, text: `${quote}${text}${quote}` }]
}
