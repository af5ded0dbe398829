import type { Image } from '../dockerfile/image.js'
import type { Place } from '../text/source.js'
import { follow, followText, type Surroundings } from './follow.js'
import { behindInit, inits, programName } from './programs.js'
import type { Link, Origin, Start } from './start.js'

/** What a manifest runs instead of what the image would. */
export interface Override {
  /** In place of the entry point; the image's CMD is then ignored. */
  readonly command: readonly string[] | undefined
  /** In place of CMD. */
  readonly args: readonly string[] | undefined
  /** Both are given as one text to a shell. */
  readonly at: Place
  readonly origin: Origin
  readonly hasInit: boolean
}

const cmdWords = ({ cmd, shellWords }: Image): readonly string[] =>
  cmd === undefined ? [] : (cmd.words ?? [...shellWords, cmd.text])

/** An entry point that only hands over: what matters stands in CMD. */
function handsOver(words: readonly string[]): boolean {
  const name = programName(words[0] ?? '')
  if (name === 'docker-entrypoint.sh' && words.length === 1) return true
  return inits.includes(name) && behindInit(words).length === 0
}

function linksOf(image: Image, surroundings: Surroundings): Link[] {
  const { entrypoint, cmd, base, shellWords } = image
  const shellName = programName(shellWords[0] ?? 'sh')
  if (entrypoint && entrypoint.words === undefined)
    return followText(entrypoint.text, shellName, entrypoint.at, surroundings)
  const entry = entrypoint?.words ?? []
  if (cmd && handsOver(entry)) {
    const above: Link[] = inits.includes(programName(entry[0] ?? ''))
      ? [{ kind: 'init', name: programName(entry[0] ?? ''), at: entrypoint?.at ?? cmd.at }]
      : []
    return [...above, ...cmdLinks(image, surroundings, shellName)]
  }
  if (entrypoint) {
    const around = { ...surroundings, argumentsAt: cmd?.at }
    return follow([...entry, ...cmdWords(image)], entrypoint.at, around)
  }
  if (cmd === undefined) return []
  return base.entrypoint.length > 0
    ? follow([...base.entrypoint, ...cmdWords(image)], cmd.at, surroundings)
    : cmdLinks(image, surroundings, shellName)
}

function cmdLinks({ cmd }: Image, surroundings: Surroundings, shellName: string): Link[] {
  if (cmd === undefined) return []
  return cmd.words
    ? follow(cmd.words, cmd.at, surroundings)
    : followText(cmd.text, shellName, cmd.at, surroundings)
}

/** How an image starts by itself; nothing, if it leaves that to its base. */
export function startOfImage(image: Image, surroundings: Surroundings): Start | undefined {
  const at = (image.cmd ?? image.entrypoint)?.at
  if (at === undefined) return undefined
  return { links: linksOf(image, surroundings), origin: 'dockerfile', shell: image.shell, hasInit: false, at }
}

/** How an image starts with what a manifest says; nothing, if the manifest says nothing. */
export function startWith(
  image: Image | undefined,
  override: Override,
  surroundings: Surroundings,
): Start | undefined {
  const { command, args, at, origin, hasInit } = override
  if (command === undefined && args === undefined) return undefined
  const entry = command ?? image?.entrypoint?.words ?? image?.base.entrypoint ?? []
  const words = [...(handsOver(entry) && command === undefined ? [] : entry), ...(args ?? [])]
  const around = { ...surroundings, argumentsAt: at }
  return { links: follow(words, at, around), origin, shell: surroundings.shell, hasInit, at }
}
