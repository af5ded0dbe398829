import { drainOf } from '../budget/drain.js'
import { readDeployed } from '../deployed/read-deployed.js'
import { readImage } from '../dockerfile/image.js'
import { isForDevelopment } from '../files/classify.js'
import { type Files, folderOf, nameOf } from '../files/files.js'
import { createConfigs } from '../kubernetes/environment.js'
import { indexTraffic } from '../kubernetes/traffic.js'
import type { Package } from '../model/package.js'
import type { Problem } from '../read/problem.js'
import type { ImageSubject, PackageSubject, StartSubject } from '../rules/subjects.js'
import type { Start } from '../start/start.js'
import { linksOf } from '../start/start.js'
import { createSource } from '../text/source.js'
import type { Container } from './container.js'
import { readContainers } from './containers.js'
import { createFinder, guessNames, imageNameIn, type NamedImage } from './image-names.js'
import { readImages } from './images.js'
import { brokenIn, createPackages, type Input, readBroken, readInputs, whyUnread } from './inputs.js'
import { readAllManifests } from './manifests.js'
import { namesByTools } from './named-by-tools.js'
import { isService } from './ours.js'
import type { LeftOut, Project } from './project.js'

/** How a project is read. */
export interface ReadOptions {
  /** Also what is no Node service. */
  readonly all: boolean
}

function nameImages(images: readonly ImageSubject[], inputs: readonly Input[]): NamedImage[] {
  const tools = namesByTools(inputs)
  return images.map(({ image, pkg }) => {
    const given = tools.filter(
      ({ dockerfile, folder }) =>
        dockerfile === image.source.file || (dockerfile === undefined && folder === image.folder),
    )
    const own = pkg && pkg.folder === image.folder ? pkg.name : undefined
    return { image, names: [...given.map(({ name }) => name), ...guessNames(image, own)] }
  })
}

function startsOf(
  images: readonly ImageSubject[],
  containers: readonly Container[],
  deployed: Project['deployed'],
): StartSubject[] {
  const starts = [
    ...images.map(({ image, pkg, start, isOurs }) => ({ image, pkg, start, isOurs })),
    // Nobody waits for a Job's answers.
    ...containers
      .filter(({ workload }) => !workload.isJob)
      .map(({ image, pkg, start, isOurs }) => ({ image, pkg, start, isOurs })),
    ...deployed.map(({ pkg, start, isOurs }) => ({ image: undefined, pkg, start, isOurs })),
  ]
  const seen = new Set<Start>()
  return starts.flatMap((each) => {
    const { start } = each
    if (start === undefined || seen.has(start)) return []
    seen.add(start)
    return [{ ...each, start }]
  })
}

function subjectOf(
  pkg: Package,
  starts: readonly StartSubject[],
  code: PackageSubject['code'],
): PackageSubject {
  const own = starts
    .filter(({ start }) =>
      linksOf(start, 'manager').some(({ scriptAt }) => scriptAt?.file === pkg.source.file),
    )
    .map(({ start }) => start)
  const isOurs = isService(pkg) || own.length > 0
  const drain = drainOf({ env: new Map(), platform: 'none', pkg, code, isRouted: true })
  return { pkg, code, isOurs, drain, starts: own }
}

/** What is said of a file that is not parsed. */
function unread(input: Input): Problem[] {
  const message = whyUnread(input)
  if (message === undefined && (input.kind === 'package' || input.kind === 'suppressions'))
    return brokenIn(input.source)
  if (message === undefined && input.kind === 'dockerfile' && readImage(input.source) === undefined)
    return [{ kind: 'unread', at: input.source.place(0), message: 'it has no FROM' }]
  return message === undefined ? [] : [{ kind: 'unread', at: input.source.place(0), message }]
}

const refusals = ({ refused }: Files): Problem[] =>
  refused.map(({ path, why }) => ({ kind: 'unread', at: createSource(path, '').place(0), message: why }))

/** Reads all files, and finds out what belongs together. */
export function buildProject(files: Files, { all }: ReadOptions): Project {
  const everything = readInputs(files)
  const inputs = everything.filter((input) => whyUnread(input) === undefined)
  const broken = readBroken(files)
  const packages = createPackages(files, inputs)
  const images = readImages(inputs, packages, all)
  const manifests = readAllManifests(inputs)
  const { objects, patches, workloads } = manifests
  const traffic = indexTraffic(objects, patches)
  const named = nameImages(images, inputs)
  const wanted = workloads.flatMap(({ main, object }) =>
    main.flatMap((each) => ({
      name: imageNameIn(each.get('image')) ?? '',
      folder: folderOf(object.source.file),
    })),
  )
  const findImage = createFinder(
    named,
    wanted.filter(({ name }) => name !== ''),
  )
  const configsOf = createConfigs(objects)
  const containers = workloads.flatMap((workload) =>
    readContainers(workload, { traffic, images, findImage, packages, configsOf, all }),
  )
  const deployed = readDeployed(inputs, { packages, images, findImage: createFinder(named, []), all })
  const starts = startsOf(images, containers, deployed.deployed)
  return {
    files,
    sources: new Map(everything.map(({ source }) => [source.file, source])),
    packages: packages.packages.map((pkg) => subjectOf(pkg, starts, packages.codeOf(pkg))),
    images,
    starts,
    objects,
    services: objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1'),
    containers,
    deployed: deployed.deployed,
    problems: [
      ...refusals(files),
      ...broken,
      ...everything.flatMap(unread),
      ...manifests.problems,
      ...deployed.problems,
    ],
    leftOut: leftOut(images, containers, deployed.deployed),
    read: everything.length + files.refused.length + broken.length,
  }
}

function leftOut(
  images: readonly ImageSubject[],
  containers: readonly Container[],
  deployed: Project['deployed'],
): LeftOut[] {
  const named = [
    ...images.map(({ image, isOurs }) => ({
      isOurs,
      at: image.source.place(image.stage.from.start),
      name: nameOf(image.source.file),
    })),
    ...containers.map(({ at, name, isOurs }) => ({ isOurs, at, name })),
    ...deployed.map(({ at, name, isOurs }) => ({ isOurs, at, name })),
  ]
  return named
    .filter(({ isOurs }) => !isOurs)
    .map(({ at, name }) => ({ at, name, why: isForDevelopment(at.file) ? 'development' : 'stranger' }))
}
