import { readFile, writeFile } from 'node:fs/promises'

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

/** Puts `text` between the markers of a Markdown file, which is created if there is none. */
export async function writeMeasurements(path: string, text: string): Promise<void> {
  const page = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return introduction
    throw error
  })
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${path}: expected ${begin} and, behind it, ${end}`)
  await writeFile(path, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`)
}
