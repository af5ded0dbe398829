import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { mayBeRead } from './classify.js'
import { type Files, isSource } from './files.js'

/** Folders that hold nothing of one's own. */
const passedOver = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  'bower_components',
  'vendor',
  'dist',
  'coverage',
  '.next',
  '.nuxt',
  '.turbo',
  '.cache',
  '.venv',
  '.yarn',
  '.pnpm-store',
  '__pycache__',
  'fixtures',
  '__fixtures__',
  'testdata',
  '.terraform',
  '.idea',
  '.vscode',
])

/** The largest file that is read. */
const largest = 12_000_000
/** How deep folders are searched, and how many files are read at most. */
const deepest = 24
const mostFiles = 20_000
const mostSources = 400

/** A path that was asked for and is not there. */
export class PathError extends Error {}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** Every file below a folder, with what is not one's own passed over; links are not followed. */
function* walk(folder: string, depth = 0): Generator<string> {
  if (depth > deepest) return
  for (const entry of entriesOf(folder)) {
    const path = `${folder}/${entry.name}`
    if (entry.isFile()) yield path
    else if (entry.isDirectory() && !passedOver.has(entry.name)) yield* walk(path, depth + 1)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    throw new PathError(`${path}: no such file or folder`)
  }
}

/** A text, whatever its byte order mark says that it is written in. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return bytes.swap16().toString('utf16le')
  return bytes.toString('utf8')
}

/**
 * Finds what can be read below folders, and files that are named.
 *
 * @throws {PathError} for a path that is not there
 */
export function readDisk(roots: readonly string[], cwd = process.cwd()): Files {
  const shown = (path: string) => {
    const near = relative(cwd, resolve(cwd, path))
    return (near.startsWith('..') || isAbsolute(near) ? resolve(cwd, path) : near).split(sep).join('/')
  }
  const texts = new Map<string, string | undefined>()
  const refused: { path: string; why: string }[] = []
  const paths = new Set<string>()
  const named = new Set<string>()

  const load = (path: string, isWanted: boolean): string | undefined => {
    if (texts.has(path)) return texts.get(path)
    const absolute = resolve(cwd, path)
    let text: string | undefined
    try {
      const stat = statSync(absolute)
      // A pipe has a name where a shell gives it one: `doctor <(helm template …)`.
      if (stat.isFile() || (named.has(path) && !stat.isDirectory())) {
        if (stat.size > largest) throw new Error(`it is too large: ${stat.size} bytes`)
        text = decode(readFileSync(absolute))
      }
    } catch (error) {
      if (isWanted) refused.push({ path, why: (error as Error).message })
    }
    texts.set(path, text)
    return text
  }

  for (const root of roots) {
    const absolute = resolve(cwd, root)
    if (!isFolder(absolute)) {
      paths.add(shown(root))
      named.add(shown(root))
      continue
    }
    for (const path of walk(absolute)) {
      if (!mayBeRead(path)) continue
      if (paths.size >= mostFiles) {
        refused.push({
          path: shown(path),
          why: `there are more than ${mostFiles} files: what follows was not read`,
        })
        break
      }
      paths.add(shown(path))
    }
  }
  for (const path of paths) load(path, true)
  return {
    paths: [...paths],
    named,
    refused,
    read: (path) => load(path, false),
    sources(folder) {
      const found: string[] = []
      for (const path of walk(resolve(cwd, folder))) {
        if (isSource(path)) found.push(shown(path))
        if (found.length >= mostSources) break
      }
      return found
    },
  }
}
