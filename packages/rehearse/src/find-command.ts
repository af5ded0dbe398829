import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { UsageError } from './errors.js'

/**
 * Finds the file that a command names, as a shell would: a name with a slash is a path, any other is looked for in `PATH`.
 *
 * @throws {UsageError} when there is no such file, or it cannot be executed
 */
export function findCommand(name: string, path = process.env['PATH'] ?? ''): string {
  const folders = name.includes('/') ? ['.'] : path.split(delimiter).map((folder) => folder || '.')
  const found = folders.map((folder) => resolve(folder, name)).find(isExecutable)
  if (found === undefined) {
    const where = name.includes('/') ? '' : ' in PATH'
    throw new UsageError(
      `the command ${JSON.stringify(name)} cannot be started: no executable file of that name${where}`,
      'COMMAND_UNUSABLE',
      'command',
    )
  }
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
