import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { nearest } from '@lameduck/core/plan'
import { adviseOn } from '../budget/advise.js'
import { drawTimelines } from '../budget/draw.js'
import { renderSvg } from '../budget/svg.js'
import { timelinesOf } from '../budget/timeline.js'
import { readTraffic, TrafficError } from '../budget/traffic.js'
import { PathError, readDisk } from '../files/disk-files.js'
import type { Files } from '../files/files.js'
import { withStdin } from '../files/stdin-files.js'
import { changesOf, renderDiff } from '../fix/apply-edits.js'
import { BaselineError, withoutKnown } from '../judge/baseline.js'
import { type Examination, examine } from '../judge/examine.js'
import type { Finding } from '../judge/finding.js'
import { explain, listRules } from '../output/explanation.js'
import { renderGithub } from '../output/github.js'
import { renderJson } from '../output/json.js'
import { inColour, type Paint, plain } from '../output/paint.js'
import { renderSarif } from '../output/sarif.js'
import { renderSummary, renderText } from '../output/text.js'
import { findRule, rules } from '../rules/all.js'
import { type Arguments, type FailOn, parseArguments, UsageError } from './arguments.js'

/** Where the command writes, and what it reads. */
export interface Terminal {
  readonly write: (text: string) => void
  readonly complain: (text: string) => void
  readonly readStdin: () => string
  readonly hasColours: boolean
  readonly cwd: string
}

/** The terminal of this process. */
const ownTerminal = (): Terminal => ({
  write: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  readStdin: readOnce(() => readFileSync(0, 'utf8')),
  hasColours: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  cwd: process.cwd(),
})

/** A stream can be read once, and is asked for again when files have been written. */
function readOnce(read: () => string): () => string {
  let text: string | undefined
  return () => (text ??= read())
}

function readFiles({ paths }: Arguments, terminal: Terminal): Files {
  const roots = paths.filter((path) => path !== '-')
  const files = readDisk(paths.length === 0 ? ['.'] : roots, terminal.cwd)
  return paths.includes('-') ? withStdin(terminal.readStdin(), files) : files
}

const isHeavy = ({ verdict, severity }: Finding, failOn: FailOn) => {
  if (verdict === 'unknown') return failOn === 'unknown'
  return severity === 'error' || (severity === 'warning' && failOn !== 'error')
}

function report({ format }: Arguments, { findings, summary }: Examination, paint: Paint): string {
  switch (format) {
    case 'json':
      return renderJson(findings, summary)
    case 'sarif':
      return renderSarif(findings, ownVersion())
    case 'github':
      return renderGithub(findings, summary)
    case 'text':
      return renderText(findings, summary, paint)
  }
}

const ownVersion = () =>
  (createRequire(import.meta.url)('@lameduck/doctor/package.json') as { version: string }).version

function readBaseline(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (error) {
    throw new UsageError(`--baseline: ${(error as Error).message}`)
  }
}

function runExplain(id: string, { write }: Terminal): number {
  const found = findRule(id.toUpperCase())
  if (id !== '' && found === undefined) {
    const meant = nearest(
      id,
      rules.map((each) => each.id),
    )
    throw new UsageError(
      `--explain: there is no rule ${id}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    )
  }
  write(found ? explain(found) : listRules())
  return 0
}

function examineAll(given: Arguments, terminal: Terminal): Examination {
  const whole = examine(readFiles(given, terminal), given)
  if (whole.project.read === 0) throw new UsageError('nothing that it can read was found')
  return given.baseline === undefined
    ? whole
    : withoutKnown(whole, readBaseline(given.baseline, terminal.cwd))
}

function runWith(given: Arguments, terminal: Terminal): number {
  if (given.explain !== undefined) return runExplain(given.explain, terminal)
  const examination = examineAll(given, terminal)
  const paint = terminal.hasColours ? inColour : plain
  if (given.fix) return fixIt(given, examination, terminal, paint)
  if (given.budget) writeBudget(given, examination, terminal, paint)
  terminal.write(report(given, examination, paint))
  return exitCode(examination.findings, given)
}

const exitCode = (findings: readonly Finding[], { failOn }: Arguments) =>
  findings.some((finding) => isHeavy(finding, failOn)) ? 1 : 0

function writeBudget(
  { svg, traffic, format }: Arguments,
  { project }: Examination,
  terminal: Terminal,
  paint: Paint,
): void {
  const timelines = timelinesOf(project)
  const described = traffic === undefined ? undefined : readTraffic(traffic)
  if (svg !== undefined) writeText('--svg', resolve(terminal.cwd, svg), renderSvg(timelines))
  // Machines get the report alone: what is drawn is for people.
  const write = format === 'text' ? terminal.write : terminal.complain
  write(drawTimelines(timelines, paint))
  if (described) for (const each of timelines) write(adviseOn(each, described))
  if (described && timelines.length > 0) write('\n')
}

function writeText(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`)
  }
}

/** Whether a file holds this text and nothing that was lost when it was read: no bytes that are not UTF-8. */
function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path).equals(Buffer.from(text))
  } catch {
    return false
  }
}

/** Shows what can be mended safely, and writes it if that was asked for. The exit code is about what is left to do. */
function fixIt(given: Arguments, examination: Examination, terminal: Terminal, paint: Paint): number {
  const { findings, project } = examination
  const changes = changesOf(findings, project.files, given).filter(({ file, before }) =>
    holds(resolve(terminal.cwd, file), before),
  )
  if (changes.length === 0) {
    terminal.write('Nothing that can be mended without asking.\n')
    return exitCode(findings, given)
  }
  terminal.write(colourDiff(renderDiff(changes), paint))
  const files = changes.map(({ file, rules: asked }) => `${file} (${asked.join(', ')})`).join(', ')
  if (!given.yes) {
    terminal.complain(`This would change ${files}; --yes writes it.\n`)
    return exitCode(findings, given)
  }
  for (const { file, after } of changes) writeText('--fix', resolve(terminal.cwd, file), after)
  const left = examineAll(given, terminal)
  terminal.complain(`Written: ${files}\n${renderSummary(left.summary)}`)
  return exitCode(left.findings, given)
}

const colourDiff = (diff: string, paint: Paint) =>
  diff.replaceAll(/^[+-].*$/gm, (line) => paint(line.startsWith('+') ? 'green' : 'red', line))

const isOurs = (error: unknown): error is Error =>
  error instanceof UsageError ||
  error instanceof PathError ||
  error instanceof BaselineError ||
  error instanceof TrafficError

/**
 * The command line.
 *
 * @param argv without the program: `process.argv.slice(2)`
 * @returns the exit code: 0 nothing of weight, 1 findings of weight, 2 nothing could be read, or unusable arguments
 */
export function runCli(argv: readonly string[], terminal: Terminal = ownTerminal()): number {
  try {
    const given = parseArguments(argv)
    return given === undefined ? 0 : runWith(given, terminal)
  } catch (error) {
    if (!isOurs(error)) throw error
    terminal.complain(`doctor: ${error.message}\n`)
    return 2
  }
}
