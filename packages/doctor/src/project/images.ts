import { drainOf } from '../budget/drain.js'
import type { Image } from '../dockerfile/image.js'
import { readImage } from '../dockerfile/image.js'
import { isForDevelopment } from '../files/classify.js'
import { folderOf, join, nameOf } from '../files/files.js'
import type { Package } from '../model/package.js'
import type { ImageSubject } from '../rules/subjects.js'
import { startOfImage } from '../start/from-image.js'
import { nearestPackage, surroundingsOf } from '../start/look-up.js'
import { withImageEnv } from './containers.js'
import type { Input, Packages } from './inputs.js'
import { isNodeImage } from './ours.js'

/** The package that an image is of: one that its Dockerfile copies or filters for, else the nearest. */
function packageOf(image: Image, packages: Packages): Package | undefined {
  const nearest = nearestPackage(packages, image.folder)
  const mentioned = image.instructions
    .filter(({ name }) => name === 'RUN')
    .flatMap(({ rest }) => [
      ...rest.matchAll(/(?:--filter[= ]|-w[= ]|--workspace[= ]|--scope[= ])["']?(@?[\w./-]+)/g),
    ])
    .map(([, name]) => packages.packages.find((pkg) => pkg.name === name))
    .find((pkg) => pkg !== undefined)
  const own = packages.packageIn(image.folder)
  return own ?? mentioned ?? nearest
}

/** Reads the images that Dockerfiles make. */
export function readImages(inputs: readonly Input[], packages: Packages, all: boolean): ImageSubject[] {
  return inputs.flatMap(({ kind, source }) => {
    const image = kind === 'dockerfile' ? readImage(source) : undefined
    if (image === undefined) return []
    const pkg = packageOf(image, packages)
    const start = startOfImage(
      image,
      surroundingsOf(packages, source.file, { image, pkg, shell: image.shell }),
    )
    const isForServing = !isForDevelopment(pathOf(image)) && !isForDevelopment(image.stage.name ?? '')
    const isOurs = all || (isNodeImage(image, start) && isForServing)
    const code = packages.codeOf(pkg)
    const env = withImageEnv(new Map(), image)
    const drain = drainOf({ env, platform: 'docker', pkg, code, isRouted: true })
    return [{ image, pkg, code, start, drain, isOurs }]
  })
}

/** The end of a Dockerfile's path: what stands further up says nothing about it. */
const pathOf = ({ source }: Image) => join(nameOf(folderOf(source.file)), nameOf(source.file))
