import type { Drain } from '../budget/drain.js'
import type { Code } from '../code/code.js'
import type { Image } from '../dockerfile/image.js'
import type { PreStop, Probe } from '../kubernetes/container.js'
import type { Environment } from '../kubernetes/environment.js'
import type { Traffic } from '../kubernetes/traffic.js'
import type { Workload } from '../kubernetes/workload.js'
import type { Package } from '../model/package.js'
import type { Tree } from '../read/tree.js'
import type { Start } from '../start/start.js'
import type { Place } from '../text/source.js'

/** A container of a pod, with all that is known about it. */
export interface Container {
  readonly tree: Tree
  readonly at: Place
  readonly name: string
  readonly workload: Workload
  readonly traffic: Traffic
  /** A Service leads to one of its ports. */
  readonly isRouted: boolean
  readonly env: Environment
  readonly image: Image | undefined
  /** The name of its image, if it is known. */
  readonly imageName: string | undefined
  readonly pkg: Package | undefined
  readonly code: Code | undefined
  /** How it is started: as the manifest says, else as the image does. */
  readonly start: Start | undefined
  readonly readiness: Probe | undefined
  readonly liveness: Probe | undefined
  readonly startup: Probe | undefined
  readonly preStop: PreStop | undefined
  readonly drain: Drain
  /** It is a Node service. */
  readonly isOurs: boolean
}
