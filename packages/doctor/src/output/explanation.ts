import { rules } from '../rules/all.js'
import type { Rule } from '../rules/rule.js'

const wrap = (text: string, width = 100) =>
  text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
    return lines
  }, [])

/** What a rule asks for, why, and what mends it. */
export function explain({ id, name, severity, why, fix, sources }: Rule): string {
  const links = sources.map((source) => `  ${source}`)
  return [`${id} ${name} (${severity})`, '', ...wrap(why), '', ...wrap(`Fix: ${fix}`), '', ...links, ''].join(
    '\n',
  )
}

/** All rules, one a line. */
export const listRules = (): string =>
  rules.map(({ id, name, severity }) => `${id}  ${severity.padEnd(7)}  ${name}\n`).join('')
