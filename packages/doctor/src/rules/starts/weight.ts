import type { Shell } from '../../dockerfile/bases.js'
import { nameOf } from '../../files/files.js'
import type { Link, Start } from '../../start/start.js'
import type { Severity } from '../rule.js'

/** dash forks and waits, deaf to SIGTERM; ash and bash replace themselves by the last command of `-c`, today. */
export const weightOf = (shell: Shell, hasToStay = false): Severity =>
  shell === 'dash' || hasToStay ? 'error' : 'warning'

/** Says what `sh` is there. */
export const sayShell = (shell: Shell, hasToStay = false): string => {
  if (hasToStay) return 'whatever shell it is, it has to stay for what comes behind'
  return {
    dash: 'sh is dash there',
    ash: 'sh is ash there, which today replaces itself by the last command',
    bash: 'it is bash, which today replaces itself by the last command',
    none: 'the image has no shell at all',
    unknown: 'which shell sh is there was not seen',
  }[shell]
}

/** The chain of programs, from the one that gets the signals on. */
export function chainOf(start: Start, upTo?: Link): string {
  const names: string[] = start.hasInit ? ['init'] : []
  for (const link of start.links) {
    names.push(nameOfLink(link))
    if (link === upTo) break
  }
  const rest =
    upTo && start.links.length > start.links.indexOf(upTo) + 1
      ? start.links.slice(start.links.indexOf(upTo) + 1)
      : []
  return [...names, ...rest.map(nameOfLink)].join(' → ')
}

function nameOfLink(link: Link): string {
  if (link.kind === 'shell') return link.how === 'form' ? 'sh' : `${link.name} -c`
  if (link.kind === 'script') return nameOf(link.name)
  if (link.kind === 'manager') return [link.name, link.script].filter(Boolean).join(' ')
  if (link.kind === 'node') return 'node'
  if (link.kind === 'unseen') return '?'
  return link.name
}
