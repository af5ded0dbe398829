import type { Platform } from '@lameduck/core/plan'
import { drainOf } from '../budget/drain.js'
import { knowBase, type Shell } from '../dockerfile/bases.js'
import type { Image } from '../dockerfile/image.js'
import { folderOf } from '../files/files.js'
import type { Environment } from '../kubernetes/environment.js'
import type { FindImage } from '../project/image-names.js'
import type { Packages } from '../project/inputs.js'
import { isNodeEnvironment } from '../project/ours.js'
import type { Tree } from '../read/tree.js'
import type { ImageSubject } from '../rules/subjects.js'
import { follow } from '../start/follow.js'
import { startWith } from '../start/from-image.js'
import { nearestPackage, surroundingsOf } from '../start/look-up.js'
import { type Origin, type Start, startsNode } from '../start/start.js'
import type { Place } from '../text/source.js'
import type { Deployed } from './deployed.js'

/** What services of other platforms are read with. */
export interface DeployedInput {
  readonly packages: Packages
  readonly images: readonly ImageSubject[]
  readonly findImage: FindImage
  readonly all: boolean
}

/** What a reader has found out about a service. */
export interface Found
  extends Pick<Deployed, 'kind' | 'name' | 'at' | 'tree' | 'root' | 'env' | 'grace' | 'signal'> {
  readonly platform: Platform
  readonly subject: ImageSubject | undefined
  /** How it starts, if that is not left to the image. */
  readonly start: Start | undefined
  /** It is for developing. */
  readonly isForDevelopment?: boolean
  readonly platformEnv?: Readonly<Record<string, string>>
  /** Something else already shows that Node runs it. */
  readonly isNode?: boolean
}

/** Puts together what is known of a service. */
export function assemble(found: Found, { packages, all }: DeployedInput): Deployed {
  const { kind, name, at, tree, root, env, grace, signal, platform, subject, platformEnv } = found
  const start = found.start ?? subject?.start
  const pkg = subject?.pkg ?? nearestPackage(packages, folderOf(at.file))
  const code = packages.codeOf(pkg)
  const usesNode =
    found.isNode ?? subject?.isOurs ?? ((start !== undefined && startsNode(start)) || isNodeEnvironment(env))
  const drain = drainOf({ env, platform, pkg, code, isRouted: true, ...(platformEnv ? { platformEnv } : {}) })
  const isOurs = all || (usesNode && found.isForDevelopment !== true)
  return { kind, name, at, tree, root, env, grace, signal, start, image: subject?.image, pkg, drain, isOurs }
}

/** Follows a command that a file of a platform gives. */
export function startOf(
  words: readonly string[] | undefined,
  {
    at,
    origin,
    packages,
    shell,
    hasInit = false,
    image,
  }: {
    at: Place
    origin: Origin
    packages: Packages
    shell: Shell
    hasInit?: boolean
    image?: Image | undefined
  },
): Start | undefined {
  if (words === undefined || words.length === 0) return undefined
  const surroundings = surroundingsOf(packages, at.file, { image, shell })
  return { links: follow(words, at, surroundings), origin, shell, hasInit, at }
}

/** How a container starts that a platform gives an entry point, arguments, or neither. */
export function containerStart(
  subject: ImageSubject | undefined,
  given: {
    entrypoint: readonly string[] | undefined
    command: readonly string[] | undefined
    at: Place
    origin: Origin
    hasInit: boolean
    imageName?: string | undefined
  },
  packages: Packages,
): Start | undefined {
  const { entrypoint, command, at, origin, hasInit, imageName } = given
  const image = subject?.image
  const surroundings = surroundingsOf(packages, at.file, {
    image,
    pkg: subject?.pkg,
    shell: image?.shell ?? knowBase(imageName).shell,
  })
  const own = startWith(image, { command: entrypoint, args: command, at, origin, hasInit }, surroundings)
  return own ?? (subject?.start && hasInit ? { ...subject.start, origin, hasInit } : undefined)
}

/** Variables that are written as `NAME=value`, or as a map. */
export function environmentIn(tree: Tree | undefined): Environment {
  const pairs = tree?.list
    ? tree.items.flatMap((item) => {
        const [name = '', ...rest] = (item.text ?? String(item.scalar ?? '')).split('=')
        return [
          [
            name,
            {
              value: rest.length > 0 && item.unknown === undefined ? rest.join('=') : undefined,
              at: item.place,
            },
          ] as const,
        ]
      })
    : (tree?.fields ?? []).map(([name, value]) => [name, { value: value.text, at: value.place }] as const)
  return new Map(pairs)
}
