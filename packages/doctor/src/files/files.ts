/** What the doctor can look into. Paths have `/` and are relative to where it was started. */
export interface Files {
  /** The paths that were asked for, or found below the folders that were. */
  readonly paths: readonly string[]
  /** A file's text; nothing, if it is not there or no text. Files beside those that were asked for can be read as well. */
  read(path: string): string | undefined
  /** Those of them that somebody named one by one: what they are is not to be guessed. */
  readonly named: ReadonlySet<string>
  /** Files of interest that could not be read, and why. */
  readonly refused: readonly { readonly path: string; readonly why: string }[]
  /** The paths of the files below a folder that may hold source code, not too many. */
  sources(folder: string): readonly string[]
}

/** The folder of a path; `''` for the one where the doctor was started. */
export const folderOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A path below a folder, without `.` and `..`. */
export function join(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return (path.startsWith('/') && folder === '' ? '/' : folder.startsWith('/') ? '/' : '') + parts.join('/')
}

/** A folder and those above it, the nearest first. */
export function foldersUp(folder: string): string[] {
  const folders = [folder]
  for (let each = folder; each !== ''; ) {
    each = folderOf(each)
    folders.push(each)
  }
  return folders
}

/** Files that are texts at hand: for tests, and for whoever has them in memory. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  const known = new Map(Object.entries(texts))
  return {
    paths: [...known.keys()],
    named: new Set(known.keys()),
    refused: [],
    read: (path) => known.get(path),
    sources: (folder) =>
      [...known.keys()].filter((path) => isSource(path) && (folder === '' || path.startsWith(`${folder}/`))),
  }
}

/** Whether a file may hold the source of a service. */
export const isSource = (path: string): boolean =>
  /\.[cm]?[jt]sx?$|(?:^|\/)bin\/[\w-]+$/.test(path) &&
  !/\.d\.[cm]?ts$|(?:^|\/)(?:node_modules|dist|coverage|test|tests|__tests__)\/|\.(?:test|spec)\./.test(path)
