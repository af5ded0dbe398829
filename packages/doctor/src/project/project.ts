import type { Deployed } from '../deployed/deployed.js'
import type { Files } from '../files/files.js'
import type { KubeObject } from '../kubernetes/objects.js'
import type { Problem } from '../read/problem.js'
import type { ImageSubject, PackageSubject, StartSubject } from '../rules/subjects.js'
import type { Place, Source } from '../text/source.js'
import type { Container } from './container.js'

/** Something that no rule was asked about. */
export interface LeftOut {
  readonly name: string
  readonly at: Place
  readonly why: 'stranger' | 'development'
}

/** All that was read, and how it belongs together. */
export interface Project {
  readonly files: Files
  /** Every text that was read, by its file. */
  readonly sources: ReadonlyMap<string, Source>
  readonly packages: readonly PackageSubject[]
  readonly images: readonly ImageSubject[]
  readonly starts: readonly StartSubject[]
  readonly objects: readonly KubeObject[]
  readonly services: readonly KubeObject[]
  readonly containers: readonly Container[]
  readonly deployed: readonly Deployed[]
  /** What could not be read. */
  readonly problems: readonly Problem[]
  readonly leftOut: readonly LeftOut[]
  /** How many files were read. */
  readonly read: number
}
