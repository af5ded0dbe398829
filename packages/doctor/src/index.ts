// What was read

export { type Files, filesOf } from './files/files.js'
export type { Place } from './text/source.js'

// What was found

export { type Examination, type ExamineOptions, examine, type Summary } from './judge/examine.js'
export type { Finding } from './judge/finding.js'
export type { Severity } from './rules/rule.js'

// How it is told

export { renderJson } from './output/json.js'
