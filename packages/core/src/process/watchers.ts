import type { Ancestor } from './ancestors.js'

/** Programs that do nothing but restart another one when files change. */
const watcher = /(?:^|\/)(?:nodemon|node-dev|ts-node-dev|tsnd|tsc-watch|watchexec|entr)(?:\/|\.[cm]?js$|$)/
/** Others do it if they are asked to. */
const mode = /^(?:watch|--watch(?:-path)?(?:=.*)?)$/

/** Whether somebody above restarts this process whenever files change, as one does while developing. */
export function isWatched(above: readonly Ancestor[]): boolean {
  return above.some(({ commandLine }) => commandLine.some((word) => watcher.test(word) || mode.test(word)))
}
