import { type Files, filesOf } from './files.js'

/** The name that a stream has where it does not say one itself. */
const stdinName = '<stdin>'

/** Names a stream by what it is, so that it is read as a file of that kind would be, and never taken for one that is there. */
function nameStdin(text: string): string {
  if (/^\uFEFF?\s*(?:#.*\n\s*)*(?:FROM|ARG)\s/i.test(text)) return `${stdinName}.dockerfile`
  return /^\uFEFF?\s*[{[]/.test(text) ? `${stdinName}.json` : `${stdinName}.yaml`
}

/** Whether a file is the stream: there is nothing to write to. */
export const isStdin = (path: string): boolean => path.startsWith(stdinName)

/** Helm says before each document which template it is from. */
const helmSource = /^# Source: (\S+)[ \t]*$/gm

/** The file of each part of a stream, by what Helm says; the stream's own name before that. */
export function helmNames(text: string): ((offset: number) => string) | undefined {
  const marks = [...text.matchAll(helmSource)].map(({ index, 1: file = '' }) => ({ index, file }))
  if (marks.length === 0) return undefined
  return (offset) => marks.findLast(({ index }) => index <= offset)?.file ?? marks[0]?.file ?? stdinName
}

/** What came by standard input, beside files that were named as well. */
export function withStdin(text: string, files: Files): Files {
  const name = nameStdin(text)
  const own = filesOf({ [name]: text })
  return {
    paths: [name, ...files.paths],
    named: new Set([name, ...files.named]),
    refused: files.refused,
    read: (path) => own.read(path) ?? files.read(path),
    sources: files.sources,
  }
}
