import type { ExamineOptions } from '../../src/index.js'

/** What a rule says about some files. */
export interface Case {
  /** What is the matter, in a few words. */
  readonly name: string
  readonly says: 'pass' | 'fail' | 'unknown' | 'nothing'
  readonly severity?: 'error' | 'warning' | 'info'
  /** `file:line` of the finding. */
  readonly at?: string
  /** Its figures. */
  readonly computed?: string
  readonly files: Readonly<Record<string, string>>
  readonly options?: ExamineOptions
}

/** The cases of rules, by their ids. */
export type Cases = Readonly<Record<string, readonly Case[]>>
