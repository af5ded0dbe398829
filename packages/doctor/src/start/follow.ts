import type { Shell } from '../dockerfile/bases.js'
import type { Package } from '../model/package.js'
import { readCommands, type SimpleCommand } from '../shell/command-line.js'
import type { Place, Source } from '../text/source.js'
import { readManaged } from './managed.js'
import {
  behindInit,
  developerOf,
  inits,
  isNodeProgram,
  managers,
  programName,
  shellNames,
  wrapperLength,
} from './programs.js'
import type { Link } from './start.js'

/** What can be looked up while a command is followed. */
export interface Surroundings {
  readonly shell: Shell
  /** A script by the path that it has where the service runs. */
  readonly findScript: (path: string) => Source | undefined
  /** The package of the service; of a workspace, the one of this name; below another folder, the one there. */
  readonly findPackage: (workspace?: string, folder?: string) => Package | undefined
  /** Where the arguments of an entry point stand, if that is somewhere else. */
  readonly argumentsAt?: Place | undefined
}

/** A command that is to be followed. */
interface Command {
  readonly words: readonly string[]
  readonly at: Place
  /** What `"$@"` stands for. */
  readonly args: readonly string[]
}

const most = 12

/** Follows a command through init, shells, scripts and package managers down to what serves. */
export function follow(words: readonly string[], at: Place, surroundings: Surroundings): Link[] {
  return new Follower(surroundings).follow({ words, at, args: [] }, most)
}

/** Follows the text of a shell form. */
export function followText(text: string, name: string, at: Place, surroundings: Surroundings): Link[] {
  return new Follower(surroundings).shell({ text, name, how: 'form', at, args: [] }, most)
}

const isArguments = (word = '') => /^\$(?:[@*]|\{@\})$/.test(word)

class Follower {
  private readonly around: Surroundings

  constructor(around: Surroundings) {
    this.around = around
  }

  follow({ words, at, args }: Command, left: number): Link[] {
    const [first = ''] = words
    if (left === 0 || first === '') return [{ kind: 'unseen', name: first, at }]
    if (isArguments(first)) {
      return args.length > 0
        ? this.follow({ words: args, at: this.around.argumentsAt ?? at, args: [] }, left - 1)
        : [{ kind: 'unseen', name: '"$@"', at }]
    }
    if (/[$`]|\{\{/.test(first)) return [{ kind: 'unseen', name: first, at }]
    const skipped = wrapperLength(words)
    if (skipped > 0 && skipped < words.length)
      return this.follow({ words: words.slice(skipped), at, args }, left - 1)
    return this.program({ words, at, args }, left)
  }

  private program({ words, at, args }: Command, left: number): Link[] {
    const name = programName(words[0] as string)
    if (inits.includes(name)) {
      const behind = behindInit(words)
      return [{ kind: 'init', name, at }, ...this.follow({ words: behind, at, args }, left - 1)]
    }
    if (shellNames.includes(name)) return this.shellProgram({ words, at, args }, left)
    const developer = developerOf(words)
    if (developer !== undefined) return [{ kind: 'development', name: developer, at }]
    if (managers.includes(name) || words.some((word) => word === '--run' || word.startsWith('--run='))) {
      return this.managed(words, at, left)
    }
    if (name === 'pm2' || name === 'pm2-docker' || name === 'pm2-runtime')
      return [{ kind: 'pm2', name, words, at }]
    if (isNodeProgram(words)) return [{ kind: 'node', name, words, at }]
    if (/\.(?:sh|bash)$|entrypoint|^run$|^start$/.test(name)) return this.script(words, name, at, left)
    const source = this.around.findScript(words[0] as string)
    if (source && /^#!.*sh\b/.test(source.text)) return this.script(words, name, at, left)
    return [{ kind: 'other', name, at }]
  }

  private shellProgram({ words, at, args }: Command, left: number): Link[] {
    const name = programName(words[0] as string)
    const rest = name === 'busybox' ? words.slice(2) : words.slice(1)
    const flag = rest.findIndex((word) => /^-[a-z]*c$/.test(word))
    if (flag >= 0) {
      const text = rest[flag + 1] ?? ''
      const parameters = rest.slice(flag + 3)
      return this.shell({ text, name, how: '-c', at, args: parameters.length > 0 ? parameters : args }, left)
    }
    const file = rest.findIndex((word) => !word.startsWith('-') || word === '--')
    return file < 0 ? [{ kind: 'unseen', name, at }] : this.script(rest.slice(file), name, at, left)
  }

  shell(
    {
      text,
      name,
      how,
      at,
      args,
    }: { text: string; name: string; how: 'form' | '-c'; at: Place; args: readonly string[] },
    left: number,
  ): Link[] {
    const commands = readCommands(text)
    const last = commands.at(-1)
    const isSimple = commands.length === 1 && (last?.operator === '' || last?.operator === '\n')
    const shell = name === 'bash' ? 'bash' : this.around.shell
    const main = mainOf(commands)
    const execs = replacesShell(main)
    const hasToStay = last !== undefined && main !== last
    const link: Link = { kind: 'shell', how, name, text, shell, execs, isSimple, hasToStay, at }
    if (last === undefined) return [link, { kind: 'unseen', name: text, at }]
    return [link, ...this.follow({ words: main.words, at, args }, left - 1)]
  }

  private script(words: readonly string[], name: string, at: Place, left: number): Link[] {
    const [path = '', ...args] = words
    const source = this.around.findScript(path)
    if (source === undefined) {
      const unread = {
        kind: 'script',
        name: path,
        last: undefined,
        execs: false,
        traps: false,
        lastAt: undefined,
      } as const
      return [{ ...unread, at }, ...this.behindUnseen(name, args, at, left)]
    }
    const commands = readCommands(source.text)
    const traps = commands.some(({ words: [first, ...rest] }) => first === 'trap' && rest.some(isStopSignal))
    const main = mainOf(commands)
    const lastAt = source.place(main.start, main.end)
    const execs = replacesShell(main)
    const link: Link = { kind: 'script', name: path, last: main.words.join(' '), execs, traps, at, lastAt }
    return [link, ...this.follow({ words: main.words, at: lastAt, args }, left - 1)]
  }

  /** The arguments of an entry point that was not read are most likely what it runs. */
  private behindUnseen(name: string, args: readonly string[], at: Place, left: number): Link[] {
    return args.length > 0
      ? this.follow({ words: args, at: this.around.argumentsAt ?? at, args: [] }, left - 1)
      : [{ kind: 'unseen', name, at }]
  }

  private managed(words: readonly string[], at: Place, left: number): Link[] {
    const managed = readManaged(words)
    if (managed === undefined) return [{ kind: 'node', name: 'node', words, at }]
    const { name, script, workspace, folder, command } = managed
    const none = {
      script,
      text: undefined,
      scriptAt: undefined,
      execs: false,
      isSimple: true,
      hasToStay: false,
    }
    if (command !== undefined) {
      return [
        { kind: 'manager', name, ...none, at },
        ...this.follow({ words: command, at, args: [] }, left - 1),
      ]
    }
    const tree = script === undefined ? undefined : this.around.findPackage(workspace, folder)?.script(script)
    if (tree?.text === undefined)
      return [
        { kind: 'manager', name, ...none, at },
        { kind: 'unseen', name: script ?? name, at },
      ]
    const commands = readCommands(tree.text)
    const last = commands.at(-1)
    const main = mainOf(commands)
    const execs = replacesShell(main)
    const link: Link = {
      kind: 'manager',
      name,
      script,
      text: tree.text,
      scriptAt: tree.place,
      execs,
      isSimple: commands.length === 1,
      hasToStay: last !== undefined && main !== last,
      at,
    }
    if (last === undefined) return [link]
    return [link, ...this.follow({ words: main.words, at: tree.place, args: [] }, left - 1)]
  }
}

const isStopSignal = (word: string) => /^(?:SIG)?(?:TERM|INT|EXIT)$|^15$/.test(word)

/** Whether the shell is gone once this runs; in a pipe or in the background it is another shell that goes. */
const replacesShell = ({ words, operator }: SimpleCommand) =>
  words[0] === 'exec' && operator !== '|' && operator !== '&'

/** What a server could be started by, in a script that also prepares. */
function mayServe({ words, operator }: SimpleCommand): boolean {
  const name = programName(words[wrapperLength(words)] ?? words[0] ?? '')
  if (operator === '&') return false
  return (
    isArguments(words[0]) ||
    words[0] === 'exec' ||
    managers.includes(name) ||
    isNodeProgram([name]) ||
    /^pm2/.test(name)
  )
}

/** The command of a script that serves: the last that may, else the last. A pipe belongs to what stands at its beginning. */
function mainOf(commands: readonly SimpleCommand[]): SimpleCommand {
  const found = commands.findLast(mayServe) ?? commands.at(-1)
  return found ?? { words: [''], operator: '', start: 0, end: 0, assignments: [] }
}
