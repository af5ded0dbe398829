import { readFile, writeFile } from 'node:fs/promises'
import { renderSection, type Section } from './section.js'

const begin = '<!-- bench:begin -->'
const end = '<!-- bench:end -->'

const introduction = `# Measurements

What lameduck costs while nothing happens, and how fast it is when something does. Everything between the markers is
written by \`pnpm --filter @lameduck/bench bench\`; no test judges a time, because a busy machine would fail it.

CPU and memory are compared side by side in one run: the ratio and the difference carry over to other machines, the
figures themselves do not.

${begin}
${end}
`

/**
 * Puts sections between the markers of a Markdown file, which is created if there is none: each in the place of
 * the one before it. What stands before the first says how those that stay were measured.
 */
export async function writeMeasurements(path: string, sections: readonly Section[]): Promise<void> {
  const page = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return introduction
    throw error
  })
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${path}: expected ${begin} and, behind it, ${end}`)
  const present = page
    .slice(from + begin.length, to)
    .split(/^(?=## )/m)
    .map((text) => text.trim())
  const isOf = (section: Section) => (text: string) => text.startsWith(`## ${section.title}\n`)
  const kept = present.map((text) => {
    const anew = sections.find((section) => isOf(section)(text))
    return anew === undefined ? text : renderSection(anew)
  })
  const stays = present.some((text) => text.startsWith('## ') && !sections.some((each) => isOf(each)(text)))
  const added = sections.filter((section) => !present.some(isOf(section))).map(renderSection)
  const text = [...kept, ...added]
    .filter((each) => each.startsWith('## ') || (stays && each !== ''))
    .join('\n\n')
  await writeFile(path, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`)
}
