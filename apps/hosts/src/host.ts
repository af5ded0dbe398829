import type { RequestParts } from '@lameduck/conformance'

/** A program of a host's folder, and what it is given. */
export interface Program {
  /** Its path in the folder. */
  readonly script: string
  readonly arguments?: readonly string[]
}

/** A request, and the whole body of its answer. */
export interface Question {
  readonly method: string
  readonly path: string
  readonly parts?: RequestParts
  readonly answer: string
}

/** What a host is asked: something that it answers at once, and something that it answers at SIGUSR2. */
export interface Questions {
  readonly quick: Question
  readonly slow: Question
}

/** A framework or platform that owns the server, in the smallest application that it can run. */
export interface Host {
  /** How the command calls it. */
  readonly name: string
  /** How the page calls it. */
  readonly title: string
  /** Its folder in `hosts/`. One that has a `package.json` is installed and built outside the repository. */
  readonly folder: string
  /** The package whose version is told. */
  readonly package: string
  /** How its documentation starts it. */
  readonly start: Program
  /** The same with lameduck in its code, where that is worth writing. */
  readonly native?: Program
  /** What to write, in one line of the table. */
  readonly write: string
  /** What a reader has to know, for its section. */
  readonly remark: string
  /** By default `/quick` and `/slow`. */
  readonly questions?: Questions
  /** Whether there is something that it runs last, by itself or told by what is native to it. */
  readonly closes: { readonly preload: boolean; readonly native?: boolean }
}
