import type { Shell } from '../dockerfile/bases.js'
import type { Image } from '../dockerfile/image.js'
import { type Files, folderOf, foldersUp, join, nameOf } from '../files/files.js'
import type { Package } from '../model/package.js'
import { createSource, type Source } from '../text/source.js'
import type { Surroundings } from './follow.js'

/** What is looked up in, and what was read of it before. */
export interface Library {
  readonly files: Files
  /** The package of a folder. */
  packageIn(folder: string): Package | undefined
  readonly packages: readonly Package[]
}

/** A script that stands in the Dockerfile. */
function heredocScript(image: Image | undefined, path: string): Source | undefined {
  const heredoc = image?.heredocs.get(nameOf(path))
  if (image === undefined || heredoc === undefined) return undefined
  const before = image.source.text.slice(0, heredoc.start).replaceAll(/[^\n]/g, ' ')
  return createSource(image.source.file, `${before}${heredoc.text}`)
}

/** A path, and what is left of it without its first folders: a stage may have it somewhere else than the repository. */
function tailsOf(path: string): string[] {
  const parts = path.replace(/^\.?\/+/, '').split('/')
  return parts.slice(0, 8).map((_, i) => parts.slice(i).join('/'))
}

/** Where a script may be in the repository: where COPY took it from, or beside what uses it. */
function candidates(image: Image | undefined, folders: readonly string[], path: string): string[] {
  const name = nameOf(path)
  const copied = (image?.copies ?? [])
    .flatMap(({ from, to }) => from.map((each) => ({ each, to })))
    .filter(({ each, to }) => nameOf(each) === name || nameOf(to) === name)
    .flatMap(({ each }) => tailsOf(each))
  const relative = path.replace(/^\.?\/+/, '')
  const guesses = [...copied, relative, name, `scripts/${name}`, `docker/${name}`, `bin/${name}`]
  return folders.flatMap((folder) => guesses.map((guess) => join(folder, guess)))
}

function findScript(
  { files }: Library,
  image: Image | undefined,
  folders: readonly string[],
  path: string,
): Source | undefined {
  if (!/^[\w./@-]+$/.test(path)) return undefined
  const heredoc = heredocScript(image, path)
  if (heredoc) return heredoc
  for (const candidate of new Set(candidates(image, folders, path))) {
    const text = files.read(candidate)
    if (text !== undefined && text.length < 200_000) return createSource(candidate, text)
  }
  return undefined
}

/** The package that a folder belongs to: its own, or the nearest above it. */
export const nearestPackage = (library: Library, folder: string): Package | undefined => {
  for (const each of foldersUp(folder)) {
    const found = library.packageIn(each)
    if (found) return found
  }
  return undefined
}

/** What can be looked up for something that is written in `file`. */
export function surroundingsOf(
  library: Library,
  file: string,
  { image, pkg, shell }: { image?: Image | undefined; pkg?: Package | undefined; shell: Shell },
): Surroundings {
  const folder = folderOf(image?.source.file ?? file)
  const own = pkg ?? nearestPackage(library, folder)
  const folders = [...new Set([folder, ...(own ? [own.folder] : []), ...foldersUp(folder)])]
  return {
    shell,
    findScript: (path) => findScript(library, image, folders, path),
    findPackage: (workspace, below) => {
      if (workspace !== undefined) {
        const bare = workspace.replace(/^\.\//, '')
        return library.packages.find(
          ({ name, folder: its }) => name === workspace || its === bare || its.endsWith(`/${bare}`),
        )
      }
      return below === undefined || !own ? own : library.packageIn(join(own.folder, below))
    },
  }
}
