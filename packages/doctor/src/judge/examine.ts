import type { Files } from '../files/files.js'
import { buildProject } from '../project/build-project.js'
import type { Project } from '../project/project.js'
import type { Context } from '../rules/subjects.js'
import { applyRules } from './apply-rules.js'
import { compareFindings, type Finding } from './finding.js'
import { metaFindings } from './meta-findings.js'
import { suppress } from './suppressions.js'

/** How an examination is made. Every field is optional. */
export interface ExamineOptions {
  /** The version of Kubernetes that the manifests are for, as `[1, 33]`. @default not known: rules that depend on it take the newest */
  readonly kubernetes?: readonly [number, number] | undefined
  /** The longest request that is to be served to its end, in milliseconds. @default not known */
  readonly longestRequest?: number | undefined
  /** Also what is no Node service. @default false */
  readonly all?: boolean | undefined
}

/** How much was found, and in how much. */
export interface Summary {
  readonly errors: number
  readonly warnings: number
  readonly infos: number
  readonly unknown: number
  /** Checks that had nothing to say. */
  readonly passed: number
  readonly suppressed: number
  /** Findings that a baseline already has. */
  readonly known: number
  /** Files that were read. */
  readonly files: number
  /** Containers, images and services that were passed over: no Node services, or for developing. */
  readonly leftOut: number
}

/** What an examination has found. */
export interface Examination {
  readonly findings: readonly Finding[]
  readonly summary: Summary
  /** How often each rule had nothing to say, by its id. */
  readonly passed: ReadonlyMap<string, number>
  readonly project: Project
}

/** Counts findings. */
export function summarize(
  findings: readonly Finding[],
  rest: Pick<Summary, 'passed' | 'suppressed' | 'known' | 'files' | 'leftOut'>,
): Summary {
  const failed = (severity: Finding['severity']) =>
    findings.filter((each) => each.verdict === 'fail' && each.severity === severity).length
  return {
    ...rest,
    errors: failed('error'),
    warnings: failed('warning'),
    infos: failed('info'),
    unknown: findings.filter(({ verdict }) => verdict === 'unknown').length,
  }
}

/** Reads files, asks every rule, and tells what was found; it changes nothing. */
export function examine(files: Files, options: ExamineOptions = {}): Examination {
  const { kubernetes, longestRequest } = options
  const project = buildProject(files, { all: options.all ?? false })
  const context: Context = { project, kubernetes, longestRequest }
  const { findings: asked, passed } = applyRules(project, context)
  const { findings: left, suppressed } = suppress(project, [...asked, ...metaFindings(project)])
  const findings = left.sort(compareFindings)
  const all = [...passed.values()].reduce((sum, each) => sum + each, 0)
  const counts = { passed: all, suppressed, known: 0, files: project.read, leftOut: project.leftOut.length }
  return { findings, summary: summarize(findings, counts), passed, project }
}
