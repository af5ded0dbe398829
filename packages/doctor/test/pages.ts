import { examine, filesOf } from '../src/index.js'
import { rules } from '../src/rules/all.js'
import type { Rule } from '../src/rules/rule.js'
import { cases } from './cases/all.js'
import type { Case } from './cases/case.js'

const languages: readonly (readonly [RegExp, string])[] = [
  [/Dockerfile/, 'dockerfile'],
  [/\.ya?ml$/, 'yaml'],
  [/\.json$/, 'json'],
  [/\.sh$/, 'sh'],
  [/\.toml$/, 'toml'],
  [/\.service$/, 'ini'],
  [/\.ts$/, 'typescript'],
  [/\.[cm]?js$/, 'javascript'],
]

const languageOf = (file: string) => languages.find(([pattern]) => pattern.test(file))?.[1] ?? 'text'

const isBinary = (text: string) => text.includes('\0')

const showFile = ([file, text]: [string, string]) =>
  isBinary(text)
    ? `\`${file}\`: binary\n`
    : `\`${file}\`\n\n\`\`\`${languageOf(file)}\n${text.trimEnd()}\n\`\`\`\n`

const showOption = ({ options = {} }: Case) =>
  Object.entries(options).map(([name, value]) =>
    name === 'longestRequest'
      ? `With \`--longest-request ${Number(value) / 1000}s\`.\n`
      : `With \`--kubernetes ${(value as number[]).join('.')}\`.\n`,
  )

function showCase(id: string, each: Case): string {
  const { findings } = examine(filesOf(each.files), each.options)
  const finding = findings.find(({ rule, verdict }) => rule === id && verdict === each.says)
  const told = finding && `${finding.computed ? `\`${finding.computed}\`: ` : ''}${finding.message}.\n`
  return [...(told ? [told] : []), ...showOption(each), ...Object.entries(each.files).map(showFile)].join(
    '\n',
  )
}

const headings = { fail: 'Found', unknown: 'Not known', pass: 'Passes' } as const

/** Links of this repository lead from the page; others are as they stand. */
function link(source: string): string {
  if (source.startsWith('https:')) return `<${source}>`
  return source.startsWith('docs/') ? `[${source}](../${source.slice(5)})` : `[${source}](../../${source})`
}

/** The page of a rule: why, what to do, and what it says about what, by the cases that test it. */
export function pageOf({ id, name, severity, why, fix, sources }: Rule): string {
  const own = cases[id] ?? []
  const sections = (['fail', 'unknown', 'pass'] as const).flatMap((says) => {
    const first = own.find((each) => each.says === says)
    return first ? [`## ${headings[says]}: ${first.name}\n`, showCase(id, first)] : []
  })
  return [
    `# ${id} ${name}\n`,
    `Severity: ${severity}, unless circumstances say otherwise.\n`,
    `${why}\n`,
    `**Fix.** ${fix}\n`,
    `${sources.map((source) => `- ${link(source)}`).join('\n')}\n`,
    ...sections,
  ].join('\n')
}

const groups: readonly (readonly [string, RegExp])[] = [
  ['Dockerfile and start', /^D/],
  ['package.json and code', /^P/],
  ['Variables of lameduck', /^L/],
  ['Kubernetes: probes', /^K[01]/],
  ['Kubernetes: termination', /^K[23]/],
  ['Kubernetes: roll-out and traffic', /^K[45]/],
  ['Knative and Cloud Run', /^[NR]/],
  ['compose and Swarm', /^C/],
  ['systemd', /^S/],
  ['Fly, ECS, Heroku', /^[FAH]/],
  ['PM2, and what could not be read', /^M/],
]

/** The list of all rules. */
export function indexPage(): string {
  const sections = groups.map(([title, pattern]) => {
    const own = rules.filter(({ id }) => pattern.test(id))
    return `## ${title}\n\n${own.map(({ id, name, severity }) => `- [${id}](${id}.md) ${name}, ${severity}`).join('\n')}\n`
  })
  return `# Rules of the doctor

Each has a page that says why it is there, what mends it and where that is written, with a case that it finds and one that passes.
\`doctor --explain K20\` says the same on a terminal. \`error\` loses requests or cannot drain, \`warning\` does so under common conditions,
\`info\` is advice. Measured figures are of the project's own tests in containers.

${sections.join('\n')}`
}
