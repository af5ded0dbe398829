import type { Edit } from '../fix/edit.js'
import type { Place } from '../text/source.js'
import type { Context, Subjects } from './subjects.js'

/** How much a finding weighs: an error loses requests or cannot drain, a warning does so under common conditions. */
export type Severity = 'error' | 'warning' | 'info'

/** What a rule has found out. */
export type Outcome = Pass | Fail | Unseen

/** All that the rule asks for is there. */
export interface Pass {
  readonly verdict: 'pass'
}

/** It is not. */
export interface Fail {
  readonly verdict: 'fail'
  /** @default the rule's own */
  readonly severity?: Severity | undefined
  readonly at: Place
  /** The figures: `30 < 15 + 10 + 4 + 2`. */
  readonly computed: string
  readonly message: string
  /** @default the rule's own */
  readonly fix?: string | undefined
  /** A change that is safe to make by itself. */
  readonly edits?: readonly Edit[] | undefined
}

/** What it asks for could not be seen. */
export interface Unseen {
  readonly verdict: 'unknown'
  readonly severity?: Severity | undefined
  readonly at: Place
  /** What is known of the figures. */
  readonly computed: string
  readonly message: string
  /** What would settle it. */
  readonly fix?: string | undefined
}

/** What a rule says about one subject: nothing, if it does not apply to it. */
export type Outcomes = Outcome | readonly Outcome[] | undefined

/** A rule: what it looks at, and what it says. */
export interface Rule<Kind extends keyof Subjects = keyof Subjects> {
  readonly id: string
  readonly name: string
  readonly severity: Severity
  readonly subject: Kind
  /** It leaves no doubt, and is for containers that are no Node services as well. */
  readonly forAll?: true
  check(subject: Subjects[Kind], context: Context): Outcomes
  /** One sentence or two: what goes wrong. */
  readonly why: string
  /** What mends it. */
  readonly fix: string
  /** Where that is written, or how it was found. */
  readonly sources: readonly string[]
}

/** What a rule says when all is well. */
export const pass: Pass = { verdict: 'pass' }

/** Declares a rule. */
export const rule = <Kind extends keyof Subjects>(declaration: Rule<Kind>): Rule =>
  declaration as unknown as Rule

/** A finding of a rule. */
export const fail = (finding: Omit<Fail, 'verdict'>): Fail => ({ verdict: 'fail', ...finding })

/** What a rule says when it could not see what it asks for. */
export const unseen = (finding: Omit<Unseen, 'verdict'>): Unseen => ({ verdict: 'unknown', ...finding })
