import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Host } from './host.js'

const folders = fileURLToPath(new URL('../hosts/', import.meta.url))
const ours = fileURLToPath(new URL('../node_modules/@lameduck', import.meta.url))
/** Frameworks that would otherwise tell somebody that they are built. */
const quiet = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', CI: '1' }

/** Where hosts are installed and built, by which Node.js. */
export interface Workshop {
  readonly cache: string
  readonly node: string
  readonly print: (line: string) => void
}

/** Whether a host has packages that are not part of this repository's installation. */
export const isInstalledApart = ({ folder }: Host): boolean =>
  existsSync(join(folders, folder, 'package.json'))

/**
 * The folder in which a host can be started: its own, or a copy in the cache that is installed and built, once for each state of its
 * sources.
 */
export async function setUp(host: Host, { cache, node, print }: Workshop): Promise<string> {
  const source = join(folders, host.folder)
  if (!isInstalledApart(host)) return source
  const folder = join(cache, `${host.folder}-${fingerprint(source, node)}`)
  const done = join(folder, '.set-up')
  if (existsSync(done)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(source, folder, { recursive: true })
  cpSync(join(folders, 'slow.mjs'), join(cache, 'slow.mjs'))
  const npm = async (...args: string[]) => {
    print(`${host.folder}: npm ${args.join(' ')}`)
    const env = { ...process.env, ...quiet, PATH: `${dirname(node)}${delimiter}${process.env['PATH']}` }
    await promisify(execFile)('npm', args, { cwd: folder, env, maxBuffer: 2 ** 26 }).catch((error) => {
      throw new Error(`${host.folder}: npm ${args.join(' ')}\n${error.stdout}${error.stderr}`)
    })
  }
  await npm('install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline')
  // As if it had been installed with the rest.
  symlinkSync(ours, join(folder, 'node_modules', '@lameduck'))
  await npm('run', 'build', '--if-present')
  writeFileSync(done, '')
  return folder
}

/** The version of a host that is tried. */
export function versionOf(host: Host, folder: string): string {
  const root = isInstalledApart(host) ? folder : join(folders, '..')
  return JSON.parse(readFileSync(join(root, 'node_modules', host.package, 'package.json'), 'utf8')).version
}

function fingerprint(folder: string, node: string): string {
  const hash = createHash('sha256').update(node)
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (statSync(join(folder, path)).isFile()) hash.update(path).update(readFileSync(join(folder, path)))
  }
  return hash.digest('hex').slice(0, 8)
}
