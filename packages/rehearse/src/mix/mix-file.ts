import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { badOption, UsageError } from '../errors.js'

/** Where something is in the file: keys and indices from the top. */
export type Place = readonly (string | number)[]

/** A mix file, as plain values that still know their lines. */
export interface MixFile {
  /** Its path, as it was given. */
  path: string
  content: unknown
  /** Says what is wrong at a place, with the file, the line and the keys that lead there. */
  bad(place: Place, expected: string, got: unknown): UsageError
}

const inMix = (message: string) => new UsageError(message, 'OPTION_INVALID', 'mix')

/**
 * Reads YAML 1.2.
 *
 * @throws {UsageError} when the file cannot be read or is not YAML
 */
export function readMixFile(path: string): MixFile {
  const lines = new LineCounter()
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false })
  const lineOf = (offset: number) => lines.linePos(offset).line
  const [error] = document.errors
  if (error) throw inMix(`${path}:${lineOf(error.pos[0])}: expected YAML: ${error.message}`)

  function lineAt(place: Place): number {
    const node = place.length === 0 ? document.contents : document.getIn(place, true)
    if (isNode(node) && node.range) return lineOf(node.range[0])
    return place.length === 0 ? 1 : lineAt(place.slice(0, -1))
  }

  return {
    path,
    content: contentOf(document, path),
    bad: (place, expected, got) =>
      inMix(
        `${path}:${lineAt(place)}: ${nameOf(place)}expected ${expected}, got ${JSON.stringify(got) ?? 'nothing'}`,
      ),
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw badOption('mix', `a file that can be read (${(error as Error).message})`, path)
  }
}

// Aliases without an anchor, and too many of them, show only now.
function contentOf(document: { toJS(): unknown }, path: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw inMix(`${path}: expected YAML: ${(error as Error).message}`)
  }
}

function nameOf(place: Place): string {
  if (place.length === 0) return ''
  const name = place.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return `${name.replace(/^\./, '')}: `
}
