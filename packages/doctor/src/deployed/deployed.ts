import type { Drain } from '../budget/drain.js'
import type { Image } from '../dockerfile/image.js'
import type { Environment } from '../kubernetes/environment.js'
import type { Fact } from '../model/fact.js'
import type { Package } from '../model/package.js'
import type { Tree } from '../read/tree.js'
import type { Start } from '../start/start.js'
import type { Place } from '../text/source.js'

/** Platforms other than Kubernetes. */
export type DeployedKind = 'compose' | 'systemd' | 'pm2' | 'fly' | 'ecs' | 'procfile'

/** Something that a platform other than Kubernetes runs: a service of compose, a unit of systemd, an application of PM2. */
export interface Deployed {
  readonly kind: DeployedKind
  readonly name: string
  readonly at: Place
  readonly tree: Tree
  /** The whole file. */
  readonly root: Tree
  readonly env: Environment
  /** From the stop signal to SIGKILL, in milliseconds. */
  readonly grace: Fact<number>
  /** The stop signal. */
  readonly signal: Fact<string>
  readonly start: Start | undefined
  readonly image: Image | undefined
  readonly pkg: Package | undefined
  readonly drain: Drain
  readonly isOurs: boolean
}
