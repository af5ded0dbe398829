import { isForDevelopment } from '../files/classify.js'
import { folderOf, join } from '../files/files.js'
import { textOf } from '../model/fact.js'
import type { Tree } from '../read/tree.js'
import { readCommands, splitWords } from '../shell/command-line.js'
import type { Deployed } from './deployed.js'
import { timeOf } from './times.js'
import { assemble, containerStart, type DeployedInput, environmentIn } from './toolbox.js'

/** Reads `fly.toml`. */
export function readFly(root: Tree, input: DeployedInput): Deployed[] {
  if (
    root.get('app') === undefined &&
    root.get('http_service') === undefined &&
    root.get('services') === undefined
  )
    return []
  const at = root.get('app')?.place ?? root.place
  const folder = folderOf(root.source.file)
  const path = join(folder, root.get('build', 'dockerfile')?.text ?? 'Dockerfile')
  const subject = input.images.find(({ image }) => image.source.file === path)
  const process = root.get('processes')?.fields[0]?.[1]
  const command = process?.text ?? root.get('experimental', 'cmd')?.text
  const hasShell = command !== undefined && readCommands(command).length > 1
  const given = {
    entrypoint: undefined,
    command: command === undefined ? undefined : hasShell ? ['sh', '-c', command] : splitWords(command),
    at: process?.place ?? at,
    origin: 'fly' as const,
    hasInit: false,
  }
  const deployed = assemble(
    {
      kind: 'fly',
      name: root.get('app')?.text ?? 'fly',
      at,
      tree: root,
      root,
      env: environmentIn(root.get('env')),
      grace: timeOf(root.get('kill_timeout'), 5000, at),
      signal: textOf(root.get('kill_signal'), 'SIGINT', at),
      platform: 'fly',
      subject,
      start: containerStart(subject, given, input.packages),
      isForDevelopment: isForDevelopment(root.source.file),
    },
    input,
  )
  return [deployed]
}
