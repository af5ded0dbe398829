import { createTwoFilesPatch } from 'diff'
import { type Files, filesOf } from '../files/files.js'
import { isStdin } from '../files/stdin-files.js'
import { type ExamineOptions, examine } from '../judge/examine.js'
import type { Finding } from '../judge/finding.js'
import type { Edit } from './edit.js'

/** A file as it would be. */
export interface Change {
  readonly file: string
  readonly before: string
  readonly after: string
  /** The rules that asked for it. */
  readonly rules: readonly string[]
}

interface Asked extends Edit {
  readonly rule: string
}

const isSame = (a: Edit, b: Edit) => a.start === b.start && a.end === b.end && a.text === b.text

/** Whether two changes touch the same text; what both insert at the same place can stand there one after the other. */
function meet(a: Edit, b: Edit): boolean {
  if (a.start === b.start) return a.start !== a.end || b.start !== b.end
  return a.start < b.start ? b.start < a.end : a.start < b.end
}

/** All changes of a finding, or none where one of them touches what another finding changes: half a change is none. */
function choose(findings: readonly Finding[]): Map<string, Asked[]> {
  const taken = new Map<string, Asked[]>()
  for (const { edits, rule } of findings) {
    const isTaken = (edit: Edit) => taken.get(edit.file)?.some((other) => isSame(edit, other)) === true
    const isFree = (edit: Edit) => taken.get(edit.file)?.some((other) => meet(edit, other)) !== true
    const own = edits.filter((edit) => !isTaken(edit))
    if (!own.every(isFree)) continue
    for (const edit of own) {
      const others = taken.get(edit.file) ?? []
      others.push({ ...edit, rule })
      taken.set(edit.file, others)
    }
  }
  return taken
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { start, end, text: added } of [...edits].sort((a, b) => b.start - a.start))
    result = result.slice(0, start) + added + result.slice(end)
  return result
}

/** Whether a file can still be read once it has been changed. */
function staysReadable(file: string, after: string, options: ExamineOptions): boolean {
  const { findings } = examine(filesOf({ [file]: after }), options)
  return findings.every(({ rule }) => rule !== 'M05')
}

/** What findings would change, file by file. A finding whose changes meet those of another has its turn the next time. */
export function changesOf(findings: readonly Finding[], files: Files, options: ExamineOptions): Change[] {
  return [...choose(findings)].flatMap(([file, edits]) => {
    const before = files.read(file)
    if (before === undefined || isStdin(file)) return []
    const after = apply(before, edits)
    if (after === before || !staysReadable(file, after, options)) return []
    return [{ file, before, after, rules: [...new Set(edits.map(({ rule }) => rule))].sort() }]
  })
}

/** Changes as a diff that `git apply` takes. */
export const renderDiff = (changes: readonly Change[]): string =>
  changes
    .map(({ file, before, after }) =>
      createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, '', '', { context: 3 }).replace(
        /^=+\n/,
        '',
      ),
    )
    .join('')
