import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The process groups that were started and must not outlive this process. */
export interface ProcessGroups {
  /** Takes a group under guard, from the moment its leader was started. */
  add(pid: number): void
  /** Kills what is left of a group whose leader has ended, as the end of PID 1 does in a container, and lets go of it. */
  end(pid: number): void
  /** Sends SIGKILL to a whole group. */
  kill(pid: number): void
  /** Kills every group that is left and dismisses the guard. */
  close(): void
}

/**
 * Sees to it that nothing is left behind: all groups are killed when this process exits, and a small guard process does it if this one
 * is killed itself.
 */
export function createProcessGroups(): ProcessGroups {
  const groups = new Set<number>()
  let closed = false
  const guard = spawn(process.execPath, [fileURLToPath(new URL('./guard.js', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // A guard that could not start or has gone leaves the exit handler, which covers all but SIGKILL.
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()

  const kill = (pid: number) => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // ESRCH: nobody of the group is left.
    }
  }
  const killAll = () => {
    for (const pid of groups) kill(pid)
  }
  process.on('exit', killAll)

  return {
    add(pid) {
      // Started while everything was being stopped: too late to be stopped in any other way.
      if (closed) return kill(pid)
      groups.add(pid)
      guard.stdin.write(`+${pid}\n`)
    },
    end(pid) {
      if (!groups.delete(pid)) return
      kill(pid)
      guard.stdin.write(`-${pid}\n`)
    },
    kill(pid) {
      if (groups.has(pid)) kill(pid)
    },
    close() {
      closed = true
      killAll()
      groups.clear()
      process.off('exit', killAll)
      guard.stdin.end()
    },
  }
}
