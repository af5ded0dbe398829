import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { findLibraries, installedVersion, type Manifest, readManifest, root } from './libraries.js'
import { succeed } from './run.js'

/** A library as its users get it. */
export interface PackedLibrary {
  readonly name: string
  readonly tarball: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The directory of a project that has installed every library from its tarball. */
    consumer: string
    /** The directory of another, in which it is CommonJS that uses Nest 11. */
    nest11: string
    /** The libraries that it has installed. */
    packed: PackedLibrary[]
  }
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url))
const nest11 = 'packages/nestjs/test/nest-11'

/** Packs every library and installs the tarballs with npm into a project outside the repository. */
export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'lameduck-loading-')))
  const tearDown = () => rm(directory, { recursive: true, force: true })
  try {
    const consumer = join(directory, 'consumer')
    const libraries = findLibraries()
    const packed = await pack(libraries, join(directory, 'tarballs'))
    await install(consumer, packed, versionsFor(libraries))
    // Another version of core, as a dependency of a dependency would bring it.
    const modules = join(consumer, 'node_modules')
    await cp(join(modules, '@lameduck/core'), join(modules, 'core-of-another-version'), { recursive: true })
    const consumerOfNest11 = join(directory, 'nest-11')
    const forNest = packed.filter(({ name }) => ['@lameduck/core', '@lameduck/nestjs'].includes(name))
    await install(consumerOfNest11, forNest, versionsOfNest11())
    provide('consumer', consumer)
    provide('nest11', consumerOfNest11)
    provide('packed', packed)
  } catch (error) {
    await tearDown()
    throw error
  }
  return tearDown
}

async function pack(libraries: readonly Manifest[], tarballs: string): Promise<PackedLibrary[]> {
  const { packageManager } = readManifest('.') as Manifest & { packageManager: string }
  await mkdir(tarballs)
  const packed: PackedLibrary[] = []
  for (const { name } of libraries) {
    const tarball = join(tarballs, `${name.replace('/', '-')}.tgz`)
    await succeed('npx', ['-y', packageManager, '--filter', name, 'pack', '--out', tarball], { cwd: root })
    packed.push({ name, tarball })
  }
  return packed
}

/** Third parties, each in the version that the lockfile has: they change only when the repository's do. */
type Versions = Readonly<Record<string, string>>

/** What the libraries expect beside them. */
function versionsFor(libraries: readonly Manifest[]): Versions {
  const peers = new Set(libraries.flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies)))
  const names = [...peers, '@nestjs/platform-express', 'reflect-metadata', '@types/express', '@types/node']
  return Object.fromEntries(names.map((name) => [name, installedVersion('packages/loading', name)]))
}

function versionsOfNest11(): Versions {
  const packages = ['common', 'core', 'platform-express', 'testing'].map((name) => `@nestjs/${name}`)
  const names = [...packages, 'reflect-metadata', 'rxjs']
  return Object.fromEntries(names.map((name) => [name, installedVersion(nest11, name)]))
}

async function install(consumer: string, packed: readonly PackedLibrary[], others: Versions): Promise<void> {
  const tarballs = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
  await cp(fixtures, consumer, { recursive: true })
  // One library depends on another by its version, which the registry may not have yet.
  const overrides = Object.fromEntries(packed.map(({ name }) => [name, `$${name}`]))
  const manifest = { name: 'consumer', private: true, dependencies: { ...tarballs, ...others }, overrides }
  await writeFile(join(consumer, 'package.json'), JSON.stringify(manifest))
  await succeed('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: consumer,
    patience: 120_000,
  })
}
