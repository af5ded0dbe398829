import { factOf, textOf } from '../model/fact.js'
import { Tree } from '../read/tree.js'
import { splitWords } from '../shell/command-line.js'
import type { Source } from '../text/source.js'
import type { Deployed } from './deployed.js'
import { readTime } from './times.js'
import { assemble, type DeployedInput, startOf } from './toolbox.js'

/** Reads the sections of a unit. A setting that is there several times is a list. */
function readUnit(source: Source): Tree {
  const root = new Tree({ source, start: 0, end: source.text.length })
  root.map = new Map()
  let section: Tree | undefined
  const pattern =
    /^[ \t]*(?:\[([^\]\n]+)\][^\n]*|([#;][^\n]*)|([\w-]+)[ \t]*=[ \t]*((?:[^\n\\]|\\(?:\r?\n|.))*))/gm
  for (const match of source.text.matchAll(pattern)) {
    const [whole, header, , name, value = ''] = match
    const start = match.index + whole.length - whole.trimStart().length
    if (header !== undefined) {
      section = root.map.get(header) ?? new Tree({ source, start, end: start + whole.length, parent: root })
      section.map ??= new Map()
      root.map.set(header, section)
    } else if (name !== undefined && section?.map)
      add(section, name, value, start, match.index + whole.length)
  }
  return root
}

function add(section: Tree, name: string, value: string, start: number, end: number): void {
  const { source } = section
  const tree = new Tree({
    source,
    start: end - value.length,
    end,
    key: { start, end: start + name.length },
    parent: section,
  })
  tree.scalar = value.replaceAll(/\\\r?\n/g, ' ').trim()
  tree.raw = tree.scalar
  const before = section.map?.get(name)
  if (before === undefined) section.map?.set(name, tree)
  else {
    const all = before.list ?? [before]
    all.push(tree)
    tree.list = all
    section.map?.set(name, tree)
  }
}

/** All values of a setting. */
const valuesOf = (tree: Tree | undefined): readonly Tree[] =>
  tree === undefined ? [] : (tree.list ?? [tree])

function environmentOf(service: Tree): Deployed['env'] {
  const pairs = valuesOf(service.get('Environment')).flatMap((tree) =>
    splitWords(String(tree.scalar)).flatMap((word) => {
      const [name = '', ...value] = word.split('=')
      return value.length === 0 ? [] : [[name, { value: value.join('='), at: tree.place }] as const]
    }),
  )
  return new Map(pairs)
}

/** Reads a unit of systemd; nothing, if it is no service. */
export function readSystemd(source: Source, input: DeployedInput): Deployed[] {
  const root = readUnit(source)
  const service = root.get('Service')
  if (service === undefined) return []
  const exec = service.get('ExecStart')
  const at = (exec ?? service).place
  const words = exec === undefined ? undefined : splitWords(String(exec.scalar).replace(/^[@:+!|-]+/, ''))
  const start = startOf(words, { at, origin: 'systemd', packages: input.packages, shell: 'unknown' })
  const timeout = service.get('TimeoutStopSec') ?? service.get('TimeoutSec')
  const deployed = assemble(
    {
      kind: 'systemd',
      name: source.file,
      at,
      tree: service,
      root,
      env: environmentOf(service),
      grace:
        timeout === undefined
          ? { unknown: 'TimeoutStopSec is not set, and distributions have defaults of their own', at }
          : factOf(timeout, 90_000, at, ({ text }) => (text === undefined ? undefined : readTime(text))),
      signal: textOf(service.get('KillSignal'), 'SIGTERM', at),
      platform: 'systemd',
      subject: undefined,
      start,
    },
    input,
  )
  return [deployed]
}
