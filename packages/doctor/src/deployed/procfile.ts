import { Tree } from '../read/tree.js'
import { readCommands } from '../shell/command-line.js'
import type { Source } from '../text/source.js'
import type { Deployed } from './deployed.js'
import { assemble, type DeployedInput, startOf } from './toolbox.js'

/** Reads the processes of a Procfile. */
export function readProcfile(source: Source, input: DeployedInput): Deployed[] {
  const root = new Tree({ source, start: 0, end: source.text.length })
  const deployed: Deployed[] = []
  for (const match of source.text.matchAll(/^([\w-]+)[ \t]*:[ \t]*([^\r\n]+)/gm)) {
    const [whole, name = '', command = ''] = match
    if (name === 'release') continue
    const end = match.index + whole.length
    const tree = new Tree({
      source,
      start: end - command.length,
      end,
      key: { start: match.index, end: match.index + name.length },
      parent: root,
    })
    tree.scalar = command
    const at = tree.place
    const last = readCommands(command).at(-1)
    const start = startOf(last?.words, { at, origin: 'procfile', packages: input.packages, shell: 'bash' })
    deployed.push(
      assemble(
        {
          kind: 'procfile',
          name,
          at,
          tree,
          root,
          env: new Map(),
          grace: { value: 30_000, at, isDefault: true },
          signal: { value: 'SIGTERM', at, isDefault: true },
          platform: 'heroku',
          subject: undefined,
          start,
        },
        input,
      ),
    )
  }
  return deployed
}
