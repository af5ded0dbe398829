import type { Image } from '../dockerfile/image.js'
import type { Environment } from '../kubernetes/environment.js'
import { lameduckIn, type Package, serverFrameworks } from '../model/package.js'
import { type Start, startsNode } from '../start/start.js'

/** Whether a Dockerfile makes a Node service: by its base, or by what it starts. */
export function isNodeImage(image: Image, start: Start | undefined): boolean {
  if (start && startsNode(start))
    return (
      start.links.some(({ kind }) => kind === 'node' || kind === 'pm2') ||
      image.base.isNode ||
      usesNode(image)
    )
  return image.base.isNode
}

/** npm and yarn are run while it is built, and the last stage has them: a base of one's own with Node in it. */
const usesNode = ({ instructions }: Image) =>
  instructions.some(
    ({ name, rest }) =>
      (name === 'RUN' && /\b(?:npm|yarn|pnpm)\b/.test(rest)) ||
      (name === 'COPY' && /package(?:-lock)?\.json/.test(rest)),
  )

/** Whether an environment says Node. */
export const isNodeEnvironment = (env: Environment): boolean =>
  [...env.keys()].some(
    (name) =>
      name === 'NODE_ENV' ||
      name === 'NODE_OPTIONS' ||
      name.startsWith('LAMEDUCK_') ||
      name.startsWith('npm_'),
  )

/** It is published for others to use, and nothing in it is started. */
const isLibrary = ({ tree, script }: Package) =>
  tree.get('private')?.scalar !== true &&
  script('start') === undefined &&
  ['files', 'exports', 'publishConfig', 'types'].some((name) => tree.get(name) !== undefined)

/** Whether a package is a service by what it depends on. */
export const isService = (pkg: Package): boolean =>
  !isLibrary(pkg) &&
  (lameduckIn(pkg).length > 0 || serverFrameworks.some((name) => pkg.dependencies.has(name)))
