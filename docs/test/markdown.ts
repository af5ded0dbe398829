import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file's text, by its path from the root. */
export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')

/** Every page that a reader may open, by its path from the root. */
export function pages(): string[] {
  const isPage = (path: string) => path.endsWith('.md') && !path.includes('node_modules')
  const below = ['docs', 'packages', 'apps'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter(isPage)
      .map((path) => `${folder}/${path}`),
  )
  return [...readdirSync(root).filter(isPage), ...below]
}

/** The rows of the first table whose first heading is `heading`, a list of cells each. */
export function table(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n')
  const from = lines.findIndex((line) => line.startsWith('|') && line.split('|')[1]?.trim() === heading)
  if (from < 0) throw new Error(`no table with the heading "${heading}"`)
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'))
  return lines.slice(from + 2, length < 0 ? undefined : from + length).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  )
}

/** The code blocks of a language. */
export function snippets(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code ?? '',
  )
}
