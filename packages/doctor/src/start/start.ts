import type { Shell } from '../dockerfile/bases.js'
import type { Place } from '../text/source.js'

/** One program of the chain that ends with the service. */
export type Link =
  /** tini, dumb-init: hands signals to its child, and to nobody else. */
  | { readonly kind: 'init'; readonly name: string; readonly at: Place }
  /** A shell that was given its text: by the shell form, or by `sh -c`. */
  | {
      readonly kind: 'shell'
      readonly how: 'form' | '-c'
      readonly name: string
      readonly text: string
      readonly shell: Shell
      /** What it runs last replaces it. */
      readonly execs: boolean
      /** One command, no operators. */
      readonly isSimple: boolean
      /** Something comes behind the service, a pipe or a last step: whatever shell it is, it cannot replace itself. */
      readonly hasToStay: boolean
      readonly at: Place
    }
  /** A shell that runs a file. */
  | {
      readonly kind: 'script'
      readonly name: string
      /** What it runs last, if it could be read. */
      readonly last: string | undefined
      readonly execs: boolean
      /** It takes signals itself. */
      readonly traps: boolean
      readonly at: Place
      /** Where the last command stands, if the file could be read. */
      readonly lastAt: Place | undefined
    }
  /** npm and its like, which run a script of package.json in a shell. */
  | {
      readonly kind: 'manager'
      readonly name: string
      /** The script's name; nothing for `npx` and the like. */
      readonly script: string | undefined
      readonly text: string | undefined
      readonly scriptAt: Place | undefined
      readonly execs: boolean
      readonly isSimple: boolean
      /** As a shell's. */
      readonly hasToStay: boolean
      readonly at: Place
    }
  /** Something that restarts a service while it is developed. */
  | { readonly kind: 'development'; readonly name: string; readonly at: Place }
  | { readonly kind: 'pm2'; readonly name: string; readonly words: readonly string[]; readonly at: Place }
  /** Node, or a program of its own that Node runs. */
  | { readonly kind: 'node'; readonly name: string; readonly words: readonly string[]; readonly at: Place }
  | { readonly kind: 'other'; readonly name: string; readonly at: Place }
  /** It could not be seen what follows. */
  | { readonly kind: 'unseen'; readonly name: string; readonly at: Place }

/** A link of one kind. */
export type LinkOf<Kind extends Link['kind']> = Extract<Link, { kind: Kind }>

/** Where a start is written. */
export type Origin = 'dockerfile' | 'pod' | 'compose' | 'procfile' | 'systemd' | 'fly' | 'ecs'

/** How a service is started: from the process that gets the signals to the one that should. */
export interface Start {
  readonly links: readonly Link[]
  readonly origin: Origin
  /** What `sh` is there. */
  readonly shell: Shell
  /** An init stands above it that no line here starts: `init: true` in compose, `initProcessEnabled` on ECS. */
  readonly hasInit: boolean
  readonly at: Place
}

/** Whether what it starts first is process 1 of a container. */
export const isInContainer = ({ origin }: Start): boolean =>
  ['dockerfile', 'pod', 'compose', 'fly', 'ecs'].includes(origin)

/** The links of one kind. */
export const linksOf = <Kind extends Link['kind']>(start: Start, kind: Kind): LinkOf<Kind>[] =>
  start.links.filter((link): link is LinkOf<Kind> => link.kind === kind)

/** Whether it ends in something of Node's. */
export const startsNode = (start: Start): boolean =>
  start.links.some(
    ({ kind }) => kind === 'node' || kind === 'manager' || kind === 'development' || kind === 'pm2',
  )
