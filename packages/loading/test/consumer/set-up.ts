import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { findLibraries, type Manifest, readManifest, root } from './libraries.js'
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
    /** The libraries that it has installed. */
    packed: PackedLibrary[]
  }
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url))

/** Packs every library and installs the tarballs with npm into a project outside the repository. */
export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'lameduck-loading-')))
  const tearDown = () => rm(directory, { recursive: true, force: true })
  try {
    const consumer = join(directory, 'consumer')
    const libraries = findLibraries()
    const packed = await pack(libraries, join(directory, 'tarballs'))
    await install(consumer, libraries, packed)
    provide('consumer', consumer)
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

async function install(
  consumer: string,
  libraries: readonly Manifest[],
  packed: readonly PackedLibrary[],
): Promise<void> {
  const peers = new Set(libraries.flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies)))
  const others = [...peers, '@types/express', '@types/node'].map(
    (name) => [name, installedVersion(name)] as const,
  )
  const dependencies = Object.fromEntries([
    ...packed.map(({ name, tarball }) => [name, `file:${tarball}`] as const),
    ...others,
  ])
  await cp(fixtures, consumer, { recursive: true })
  // One library depends on another by its version, which the registry may not have yet.
  const overrides = Object.fromEntries(packed.map(({ name }) => [name, `$${name}`]))
  const manifest = { name: 'consumer', private: true, dependencies, overrides }
  await writeFile(join(consumer, 'package.json'), JSON.stringify(manifest))
  await succeed('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: consumer,
    patience: 120_000,
  })
  // Another version of core, as a dependency of a dependency would bring it.
  const modules = join(consumer, 'node_modules')
  await cp(join(modules, '@lameduck/core'), join(modules, 'core-of-another-version'), { recursive: true })
}

/** The version that the lockfile has: the consumer's third parties change only when the repository's do. */
function installedVersion(name: string): string {
  const { version } = readManifest(`packages/loading/node_modules/${name}`) as Manifest & { version: string }
  return version
}
