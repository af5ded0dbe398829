import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The parts of a package.json that say how a package loads. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: unknown
  readonly exports?: Readonly<Record<string, unknown>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** The root of the repository. */
export const root = new URL('../../../../', import.meta.url)

/** Reads a file of the repository. */
export const readText = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** Reads a package.json of the repository. */
export const readManifest = (path: string): Manifest =>
  JSON.parse(readText(`${path}/package.json`)) as Manifest

/** The version of a third party's package that a package of the repository has. */
export function installedVersion(where: string, name: string): string {
  const { version } = readManifest(`${where}/node_modules/${name}`) as Manifest & { version: string }
  return version
}

/** Every package that others are to install and load. A package with a command is a tool, and loads nowhere. */
export function findLibraries(): Manifest[] {
  return readdirSync(new URL('packages/', root))
    .filter((name) => existsSync(new URL(`packages/${name}/package.json`, root)))
    .map((name) => readManifest(`packages/${name}`))
    .filter((manifest) => manifest.private !== true && manifest.bin === undefined)
}

/** What can be written after `import` to get something of a library. */
export function entriesOf({ name, exports = {} }: Manifest): string[] {
  return Object.keys(exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => name + subpath.slice(1))
}
