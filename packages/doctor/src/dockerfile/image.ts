import { isForDevelopment } from '../files/classify.js'
import { folderOf, nameOf } from '../files/files.js'
import { splitWords } from '../shell/command-line.js'
import { programName } from '../start/programs.js'
import type { Place, Source } from '../text/source.js'
import { type Base, knowBase, type Shell } from './bases.js'
import { type Heredoc, type Instruction, readExecForm } from './instructions.js'
import { lineage, readStages, type Stage, substitute } from './stages.js'

/** An ENTRYPOINT or a CMD. */
export interface ImageCommand {
  /** In exec form, its words. */
  readonly words: readonly string[] | undefined
  /** As it is written. */
  readonly text: string
  readonly instruction: Instruction
  readonly at: Place
}

/** What a Dockerfile makes in the end: the settings of its last stage and of those it stands upon. */
export interface Image {
  readonly source: Source
  readonly folder: string
  readonly stage: Stage
  /** The image that all begins with; nothing, if its name is not known. */
  readonly baseName: string | undefined
  readonly base: Base
  readonly entrypoint: ImageCommand | undefined
  readonly cmd: ImageCommand | undefined
  /** What runs the shell form. */
  readonly shellWords: readonly string[]
  readonly shell: Shell
  readonly stopSignal: { readonly value: string | undefined; readonly at: Place } | undefined
  readonly healthcheck:
    | { readonly text: string; readonly instruction: Instruction; readonly at: Place }
    | undefined
  readonly env: ReadonlyMap<string, string>
  /** Files that stand in the Dockerfile itself, by their paths in the image. */
  readonly heredocs: ReadonlyMap<string, Heredoc>
  /** What is copied into it: the target's path, and where it comes from. */
  readonly copies: readonly { readonly from: readonly string[]; readonly to: string }[]
  /** All instructions of all stages that made it. */
  readonly instructions: readonly Instruction[]
}

class Builder {
  entrypoint: ImageCommand | undefined
  cmd: ImageCommand | undefined
  shellWords: readonly string[] = ['/bin/sh', '-c']
  stopSignal: Image['stopSignal']
  healthcheck: Image['healthcheck']
  readonly env = new Map<string, string>()
  readonly heredocs = new Map<string, Heredoc>()
  readonly copies: { from: readonly string[]; to: string }[] = []
  readonly instructions: Instruction[] = []
  private readonly source: Source

  constructor(source: Source) {
    this.source = source
  }

  add({ instructions }: Stage): void {
    let hasOwnCmd = false
    for (const instruction of instructions) {
      this.instructions.push(instruction)
      if (instruction.name === 'CMD') hasOwnCmd = true
      if (instruction.name === 'ENTRYPOINT' && !hasOwnCmd) this.cmd = undefined
      this.apply(instruction)
    }
  }

  private at({ start, end }: Instruction): Place {
    return this.source.place(start, end)
  }

  private apply(instruction: Instruction): void {
    const { name, rest } = instruction
    const at = this.at(instruction)
    if (name === 'CMD' || name === 'ENTRYPOINT') {
      const command = { words: readExecForm(rest), text: rest, instruction, at }
      if (name === 'CMD') this.cmd = command
      else this.entrypoint = command
    } else if (name === 'SHELL') this.shellWords = readExecForm(rest) ?? this.shellWords
    else if (name === 'STOPSIGNAL') this.stopSignal = { value: substitute(rest.trim(), this.env), at }
    else if (name === 'HEALTHCHECK') {
      this.healthcheck = /^NONE$/i.test(rest) ? undefined : { text: rest, instruction, at }
    } else if (name === 'ENV') this.setEnv(rest)
    else if (name === 'COPY' || name === 'ADD') this.copy(instruction)
  }

  private setEnv(rest: string): void {
    const pairs = [...rest.matchAll(/([A-Za-z_]\w*)=("(?:\\.|[^"\\])*"|'[^']*'|\S*)/g)]
    const [, name, value] = /^([A-Za-z_]\w*)\s+(.*)$/.exec(rest) ?? []
    if (pairs[0]?.index === 0)
      for (const [, each = '', text = ''] of pairs) this.env.set(each, text.replace(/^(["'])(.*)\1$/, '$2'))
    else if (name !== undefined) this.env.set(name, value ?? '')
  }

  private copy({ rest, heredocs }: Instruction): void {
    const words =
      readExecForm(rest.replace(/^(?:--\S+\s+)+/, '')) ??
      splitWords(rest).filter((word) => !word.startsWith('--'))
    const to = words.at(-1) ?? ''
    this.copies.push({ from: words.slice(0, -1), to })
    for (const heredoc of heredocs) this.heredocs.set(nameOf(to) || heredoc.name, heredoc)
  }
}

/** What SHELL says that `sh` is, or else the base. */
function shellBy(words: readonly string[], base: Base): Shell {
  const name = programName(words[0] ?? '')
  if (name === 'bash') return 'bash'
  if (name === 'ash' || name === 'busybox') return 'ash'
  return base.shell
}

const forServing = /^(?:prod(?:uction)?|release|runner|runtime|serve[r]?|final)$/

/** The last stage; where that is for developing, the last one that says it is for serving. */
function chooseStage(stages: readonly Stage[]): Stage | undefined {
  const last = stages.at(-1)
  if (last?.name === undefined || !isForDevelopment(last.name)) return last
  return stages.findLast(({ name }) => name !== undefined && forServing.test(name)) ?? last
}

/** Reads what a Dockerfile makes; nothing, if it has no stage. */
export function readImage(source: Source): Image | undefined {
  const stages = readStages(source)
  const stage = chooseStage(stages)
  if (stage === undefined) return undefined
  const line = lineage(stage)
  const root = line.at(-1) ?? stage
  const builder = new Builder(source)
  for (const each of [...line].reverse()) builder.add(each)
  const base = knowBase(root.base)
  return {
    source,
    folder: folderOf(source.file),
    stage,
    baseName: root.base,
    base,
    entrypoint: builder.entrypoint,
    cmd: builder.cmd,
    shellWords: builder.shellWords,
    shell: shellBy(builder.shellWords, base),
    stopSignal: builder.stopSignal,
    healthcheck: builder.healthcheck,
    env: builder.env,
    heredocs: builder.heredocs,
    copies: builder.copies,
    instructions: builder.instructions,
  }
}
