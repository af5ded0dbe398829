import type { Code } from '../code/code.js'
import { readCode } from '../code/read-code.js'
import { classify, type FileKind } from '../files/classify.js'
import { type Files, folderOf } from '../files/files.js'
import { helmNames, isStdin } from '../files/stdin-files.js'
import { type Package, readPackage } from '../model/package.js'
import { readJson } from '../read/json-tree.js'
import type { Problem } from '../read/problem.js'
import { readYaml } from '../read/yaml-tree.js'
import type { Library } from '../start/look-up.js'
import { createSource, type Source } from '../text/source.js'

/** A file that was read, and what it is. */
export interface Input {
  readonly kind: FileKind
  readonly source: Source
}

/** A package and its sources, each looked into once. */
export interface Packages extends Library {
  codeOf(pkg: Package | undefined): Code | undefined
}

/** Texts with this character are none: it is something binary. */
const isBinary = (text: string): boolean => text.slice(0, 4096).includes('\0')

/** The longest text that is parsed: of manifests a cluster may have many, of all else nobody writes as much by hand. */
const longest = (kind: FileKind) => (kind === 'kubernetes' ? 12_000_000 : 300_000)

/** Why a file of interest is not parsed. */
export function whyUnread({ kind, source: { text } }: Input): string | undefined {
  if (isBinary(text)) return 'it is no text'
  return text.length > longest(kind) ? `it is too large: ${text.length} characters` : undefined
}

/** Reads the files that are of interest. */
export function readInputs(files: Files): Input[] {
  return files.paths.flatMap((path) => {
    const text = files.read(path)
    if (text === undefined) return []
    const kind = classify(path, text)
    return kind === undefined
      ? []
      : [{ kind, source: createSource(path, text, isStdin(path) ? helmNames(text) : undefined) }]
  })
}

/** Files that somebody named, that are of no kind that is read, and cannot be parsed either. */
export function readBroken(files: Files): Problem[] {
  return [...files.named].flatMap((path) => {
    const text = files.read(path)
    if (text === undefined || classify(path, text) !== undefined || text.length > longest('compose'))
      return []
    const source = createSource(path, text)
    const [problem] = brokenIn(source)
    return problem ? [problem] : []
  })
}

const isYaml = (path: string) => /\.ya?ml$/.test(path)
const isJson = (path: string) => /\.json$/.test(path)

/** What is wrong with a text by its own format. */
export function brokenIn(source: Source): Problem[] {
  const { file } = source
  const documents = isJson(file) ? [readJson(source)] : isYaml(file) ? readYaml(source) : []
  return documents.flatMap(({ problem }) =>
    problem ? [{ kind: 'unread' as const, at: source.place(problem.at), message: problem.message }] : [],
  )
}

/** The packages among what was read, and those beside it that are looked up. */
export function createPackages(files: Files, inputs: readonly Input[]): Packages {
  const byFolder = new Map<string, Package | undefined>()
  const codes = new Map<Package, Code | undefined>()
  for (const { kind, source } of inputs)
    if (kind === 'package') byFolder.set(folderOf(source.file), readPackage(source))
  const packageIn = (folder: string) => {
    if (!byFolder.has(folder)) {
      const path = folder === '' ? 'package.json' : `${folder}/package.json`
      const text = files.read(path)
      byFolder.set(folder, text === undefined ? undefined : readPackage(createSource(path, text)))
    }
    return byFolder.get(folder)
  }
  const packages = [...byFolder.values()].filter((pkg) => pkg !== undefined)
  return {
    files,
    packageIn,
    packages,
    codeOf(pkg) {
      if (pkg === undefined) return undefined
      if (!codes.has(pkg))
        codes.set(pkg, withNeighbours(readCode(files, pkg), neighboursOf(pkg, packages), files))
      return codes.get(pkg)
    },
  }
}

/** What somebody has written beside a package, or nobody but its owner can see: by path, from a workspace, of its own scope. */
const ownVersion = /^(?:workspace:|file:|link:|portal:|git|https?:)|^[\w-]+\/[\w.-]+$/

/** Packages of one's own that a package depends on; nothing for those that were not read. */
function neighboursOf(pkg: Package, packages: readonly Package[]): (Package | undefined)[] {
  const [scope] = /^@[^/]+\//.exec(pkg.name ?? '') ?? []
  return [...pkg.dependencies].flatMap(([name, version]) => {
    const found = packages.find((other) => other.name === name && other !== pkg)
    const isOwn = ownVersion.test(version.text ?? '') || (scope !== undefined && name.startsWith(scope))
    return found || isOwn ? [found] : []
  })
}

/** A package's code with that of its neighbours, who may listen and handle signals for it. */
function withNeighbours(
  code: Code | undefined,
  neighbours: readonly (Package | undefined)[],
  files: Files,
): Code | undefined {
  if (code === undefined || neighbours.length === 0) return code
  const others = neighbours.map((other) => other && readCode(files, other))
  const known = others.filter((other) => other !== undefined)
  const all = [code, ...known]
  return {
    ...code,
    isWhole: known.length === others.length && all.every(({ isWhole }) => isWhole),
    usesLameduck: all.some(({ usesLameduck }) => usesLameduck),
    handlesStop: all.some(({ handlesStop }) => handlesStop),
    serves: all.some(({ serves }) => serves),
    setsKeepAlive: all.some(({ setsKeepAlive }) => setsKeepAlive),
    keepAlive: all.find(({ keepAlive }) => keepAlive !== undefined)?.keepAlive,
    options: new Map(all.flatMap(({ options }) => [...options])),
  }
}
