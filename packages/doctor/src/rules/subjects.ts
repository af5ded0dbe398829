import type { Drain } from '../budget/drain.js'
import type { Code } from '../code/code.js'
import type { Deployed } from '../deployed/deployed.js'
import type { Image } from '../dockerfile/image.js'
import type { Environment } from '../kubernetes/environment.js'
import type { KubeObject } from '../kubernetes/objects.js'
import type { Package } from '../model/package.js'
import type { Container } from '../project/container.js'
import type { Project } from '../project/project.js'
import type { Start } from '../start/start.js'
import type { Place } from '../text/source.js'

/** The image that a Dockerfile makes, and what belongs to it. */
export interface ImageSubject {
  readonly image: Image
  readonly pkg: Package | undefined
  readonly code: Code | undefined
  readonly start: Start | undefined
  readonly drain: Drain
  readonly isOurs: boolean
}

/** A package of a service. */
export interface PackageSubject {
  readonly pkg: Package
  readonly code: Code | undefined
  /** It has what serves, or something that was read starts it. */
  readonly isOurs: boolean
  readonly drain: Drain
  /** Starts that run a script of it. */
  readonly starts: readonly Start[]
}

/** How something is started, wherever it is written. */
export interface StartSubject {
  readonly start: Start
  readonly pkg: Package | undefined
  readonly image: Image | undefined
  readonly isOurs: boolean
}

/** A process that a manifest gives an environment, wherever it runs. */
export interface ProcessSubject {
  readonly env: Environment
  readonly drain: Drain
  readonly at: Place
  readonly isOurs: boolean
}

/** What rules look at. */
export interface Subjects {
  readonly image: ImageSubject
  readonly package: PackageSubject
  readonly start: StartSubject
  readonly container: Container
  readonly service: KubeObject
  readonly deployed: Deployed
  readonly process: ProcessSubject
}

/** What rules may ask for besides their subject. */
export interface Context {
  readonly project: Project
  /** The version of Kubernetes, as `[1, 33]`; nothing, if nobody said. */
  readonly kubernetes: readonly [number, number] | undefined
  /** The longest request that is to be served to its end, in milliseconds; nothing, if nobody said. */
  readonly longestRequest: number | undefined
}
