import { basename } from 'node:path'
import type { Platform, Surroundings } from './platform.js'

const shells = ['sh', 'dash', 'ash', 'bash', 'busybox']

/** Whether a command line is a shell that runs a command and stays: it would keep the signals to itself. */
function isShellCommand([program = '', ...args]: readonly string[]): boolean {
  return shells.includes(basename(program)) && args.includes('-c')
}

/**
 * Finds what stands between the platform and this process and would swallow its signals. Bash replaces itself by a
 * simple command, dash and ash do not; npm and yarn signal their shell and not what it runs; pnpm passes signals on.
 *
 * @returns a sentence with the mend, or nothing
 */
export function findSignalSwallower(
  platform: Platform,
  { env, ppid, commandLine }: Surroundings,
): string | undefined {
  // Ctrl-C reaches every process of a terminal by itself.
  if (platform === 'terminal') return undefined
  const parent = commandLine(ppid)
  if (!isShellCommand(parent)) return undefined
  const script = env['npm_lifecycle_event']
  const runner = /^(npm|yarn)\//.exec(env['npm_config_user_agent'] ?? '')?.[1]
  if (script !== undefined && runner !== undefined) {
    return (
      `${runner} runs this process in a shell, which keeps SIGTERM to itself: write "${script}": "exec node …" in the ` +
      'scripts of package.json, or start node without a package manager'
    )
  }
  if (ppid !== 1) return undefined
  return (
    `a shell is process 1 (${parent.join(' ')}) and keeps SIGTERM to itself: write CMD ["node", "main.js"] in the ` +
    'Dockerfile, or put exec in front of node'
  )
}
