import { drainOf } from '../budget/drain.js'
import { knowBase } from '../dockerfile/bases.js'
import type { Image } from '../dockerfile/image.js'
import { folderOf } from '../files/files.js'
import { preStopOf, probeOf, wordsOf } from '../kubernetes/container.js'
import { type Environment, environmentOf, type FindConfig } from '../kubernetes/environment.js'
import type { KubeObject } from '../kubernetes/objects.js'
import { type Traffic, type TrafficIndex, trafficOf } from '../kubernetes/traffic.js'
import type { Workload } from '../kubernetes/workload.js'
import type { Tree } from '../read/tree.js'
import type { ImageSubject } from '../rules/subjects.js'
import { startWith } from '../start/from-image.js'
import { surroundingsOf } from '../start/look-up.js'
import { type Start, startsNode } from '../start/start.js'
import type { Container } from './container.js'
import { type FindImage, imageNameIn, isStranger, saysNode } from './image-names.js'
import type { Packages } from './inputs.js'
import { isNodeEnvironment } from './ours.js'

/** What containers are read with. */
export interface ContainerInput {
  readonly traffic: TrafficIndex
  readonly images: readonly ImageSubject[]
  readonly findImage: FindImage
  readonly packages: Packages
  readonly configsOf: (pod: KubeObject) => FindConfig
  readonly all: boolean
}

/** The image's variables below those of the manifest. */
export function withImageEnv(env: Environment, image: Image | undefined): Environment {
  const merged = new Map(env)
  for (const [name, value] of image?.env ?? [])
    if (!merged.has(name) && image)
      merged.set(name, { value, at: image.source.place(image.stage.from.start) })
  return merged
}

/** Services that lead to a port of this container; all that select the pod, where it has the only ones. */
function servicesTo(container: Tree, { main }: Workload, { services }: Traffic): readonly KubeObject[] {
  if (main.length === 1) return services
  const portsOf = (tree: Tree) => tree.get('ports')?.items ?? []
  const leadsHere = (target: string | undefined) =>
    portsOf(container).some((port) => port.get('containerPort')?.text === target) ||
    // Of several ports of one name in a pod the first one is meant.
    main.find((each) => portsOf(each).some((port) => port.get('name')?.text === target)) === container
  return services.filter(({ tree }) =>
    portsOf(tree.get('spec') ?? tree).some((port) => {
      const target = port.get('targetPort')?.text ?? port.get('port')?.text
      return target !== undefined && leadsHere(target)
    }),
  )
}

const loadsLameduck = (start: Start | undefined) =>
  start?.links.some(
    (link) => link.kind === 'node' && link.words.some((word) => /@lameduck\/|lameduck-cluster/.test(word)),
  ) === true

/** What is known of a container's image and its package. */
function imageOf(tree: Tree, { images, findImage }: ContainerInput) {
  const folder = folderOf(tree.source.file)
  const imageName = imageNameIn(tree.get('image'))
  const image = imageName === undefined ? undefined : findImage({ name: imageName, folder })
  return { imageName, subject: images.find((each) => each.image === image) }
}

/** How a container is started, if its manifest says so itself. */
function ownStart(
  tree: Tree,
  file: string,
  subject: ImageSubject | undefined,
  { imageName, packages }: { imageName: string | undefined; packages: Packages },
): Start | undefined {
  const image = subject?.image
  const [command, args] = [tree.get('command'), tree.get('args')]
  const surroundings = surroundingsOf(packages, file, {
    image,
    pkg: subject?.pkg,
    shell: image?.shell ?? knowBase(imageName).shell,
  })
  const at = (command ?? args ?? tree).place
  return startWith(
    image,
    { command: wordsOf(command), args: wordsOf(args), at, origin: 'pod', hasInit: false },
    surroundings,
  )
}

/** Whether a container says Node by itself: by its environment, its image's name, or its command. */
function saysNodeItself(env: Environment, imageName: string | undefined, start: Start | undefined): boolean {
  if (imageName !== undefined && isStranger(imageName)) return false
  return (
    isNodeEnvironment(env) ||
    (imageName !== undefined && saysNode(imageName)) ||
    (start !== undefined && startsNode(start))
  )
}

function readContainer(tree: Tree, workload: Workload, traffic: Traffic, input: ContainerInput): Container {
  const { imageName, subject } = imageOf(tree, input)
  const override = ownStart(tree, workload.object.source.file, subject, {
    imageName,
    packages: input.packages,
  })
  const start = override ?? subject?.start
  const own = environmentOf(tree, input.configsOf(workload.object))
  const env = withImageEnv(own.env, subject?.image)
  const { pkg, code } = subject ?? {}
  const leading = servicesTo(tree, workload, traffic)
  const others = traffic.services.filter((each) => !leading.includes(each))
  return {
    tree,
    at: (tree.get('name') ?? tree).place,
    name: tree.get('name')?.text ?? '',
    workload,
    // Those that lead to it come first: findings name one.
    traffic: { ...traffic, services: [...leading, ...others] },
    isRouted: workload.platform !== 'kubernetes' || leading.length > 0,
    env,
    image: subject?.image,
    imageName,
    pkg,
    code,
    start,
    readiness: probeOf(tree, 'readinessProbe'),
    liveness: probeOf(tree, 'livenessProbe'),
    startup: probeOf(tree, 'startupProbe'),
    preStop: preStopOf(tree),
    drain: drainOf({
      env,
      platform: workload.platform,
      pkg,
      code,
      isRouted: !workload.isJob,
      isLoaded: loadsLameduck(start),
      more: own.more,
    }),
    isOurs: input.all || (subject?.isOurs ?? saysNodeItself(own.env, imageName, override)),
  }
}

/** Reads the containers of a workload. */
export function readContainers(workload: Workload, input: ContainerInput): Container[] {
  const traffic = trafficOf(workload, input.traffic)
  return workload.main.map((tree) => readContainer(tree, workload, traffic, input))
}
