import type { Image } from '../../dockerfile/image.js'
import type { Edit } from '../../fix/edit.js'
import { readCommands } from '../../shell/command-line.js'
import type { LinkOf } from '../../start/start.js'

/** Characters that a shell would have done something with. */
const needsShell = /[$`*?~<>|&;(){}\\#!]|\n/

/** A simple command in shell form, as a list. */
export function execForm(image: Image, { text }: LinkOf<'shell'>): readonly Edit[] | undefined {
  const command = [image.entrypoint, image.cmd].find(
    (each) => each?.text === text && each.words === undefined,
  )
  const [only, ...others] = readCommands(text)
  if (!command || !only || others.length > 0 || only.assignments.length > 0 || needsShell.test(text))
    return undefined
  const { instruction } = command
  const file = image.source.file
  return [
    {
      file,
      start: instruction.restStart,
      end: instruction.end,
      text: JSON.stringify(only.words).replaceAll('","', '", "'),
    },
  ]
}
