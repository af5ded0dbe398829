import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { readIfAllowed as read } from './read-if-allowed.js'

/** A process above this one. */
export interface Ancestor {
  readonly pid: number
  /** Its program and arguments; empty where that cannot be told. */
  readonly commandLine: readonly string[]
  /** The text of a file that was given to it by name; empty where it cannot be read. */
  readFile(path: string): string
}

/** The parent of a process; 0 where there is none, or where that cannot be told. The name may contain anything. */
const parentOf = (pid: number) => Number(read(`/proc/${pid}/stat`).replace(/^.*\) \S+ (\d+).*$/s, '$1'))

/** More characters than any start script has. */
const longest = 100_000

/** The text of an ordinary file: a pipe (`bash <(…)`) would never end. */
function readScript(path: string): string {
  try {
    const file = statSync(path)
    return file.isFile() && file.size < longest ? read(path) : ''
  } catch {
    return ''
  }
}

/** The processes above `pid`'s child, nearest first, up to process 1 of this container; empty outside Linux. */
export function ancestorsFrom(pid: number): Ancestor[] {
  if (pid < 1) return []
  const commandLine = read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1)
  const readFile = (path: string) => readScript(resolve(`/proc/${pid}/cwd`, path))
  return [{ pid, commandLine, readFile }, ...ancestorsFrom(parentOf(pid))]
}
