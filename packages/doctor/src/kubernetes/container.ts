import { type Fact, isKnown, numberOf } from '../model/fact.js'
import type { Tree } from '../read/tree.js'
import { readCommands } from '../shell/command-line.js'
import type { Place } from '../text/source.js'

/** A list of words; nothing where it is not given, or not whole. */
export function wordsOf(tree: Tree | undefined): readonly string[] | undefined {
  if (tree?.list === undefined) return undefined
  return tree.items.map(({ text, scalar }) => text ?? String(scalar ?? ''))
}

/** What a probe asks. */
export type ProbeKind = 'httpGet' | 'tcpSocket' | 'grpc' | 'exec'

/** A probe with its defaults filled in; times in seconds. */
export interface Probe {
  readonly tree: Tree
  readonly at: Place
  readonly kind: ProbeKind | undefined
  /** Where it asks. */
  readonly handler: Tree | undefined
  readonly path: string | undefined
  readonly port: string | undefined
  readonly period: Fact<number>
  readonly failures: Fact<number>
  readonly timeout: Fact<number>
  readonly initialDelay: Fact<number>
}

const kinds: readonly ProbeKind[] = ['httpGet', 'tcpSocket', 'grpc', 'exec']

/** Reads a probe; nothing, if there is none. */
export function probeOf(
  container: Tree,
  name: 'readinessProbe' | 'livenessProbe' | 'startupProbe',
): Probe | undefined {
  const tree = container.get(name)
  if (tree?.map === undefined) return undefined
  const at = tree.place
  const kind = kinds.find((each) => tree.get(each) !== undefined)
  const handler = kind && tree.get(kind)
  const number = (field: string, otherwise: number) => numberOf(tree.get(field), otherwise, at)
  const http = kind === 'httpGet' ? (handler?.get('path')?.text ?? '/') : undefined
  return {
    tree,
    at,
    kind,
    handler,
    path: http === undefined ? undefined : http.startsWith('/') ? http : `/${http}`,
    port: handler?.get('port')?.text,
    period: number('periodSeconds', 10),
    failures: number('failureThreshold', 3),
    timeout: number('timeoutSeconds', 1),
    initialDelay: number('initialDelaySeconds', 0),
  }
}

/** What is done before SIGTERM. */
export interface PreStop {
  readonly at: Place
  readonly kind: 'sleep' | 'exec' | 'httpGet' | 'other'
  readonly tree: Tree
  /** How long it surely takes, in milliseconds. */
  readonly time: Fact<number>
}

const units: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000 }

/** The sleeps of a command: nothing, if it does something else that takes time nobody knows. */
function sleepsOf(words: readonly string[]): number | undefined {
  const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word))
  const commands = flag >= 0 ? readCommands(words[flag + 1] ?? '') : [{ words }]
  let total = 0
  let isCertain = false
  for (const { words: given } of commands) {
    const [program = '', amount = ''] = given[0] === 'exec' || given[0] === 'busybox' ? given.slice(1) : given
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(amount) ?? []
    if (!/(?:^|\/)sleep$/.test(program)) continue
    if (number === undefined) return undefined
    isCertain = true
    total += Number(number) * (units[unit] as number)
  }
  return isCertain ||
    commands.every(({ words: [first = ''] }) => /^(?:echo|true|:|exit|touch|kill|pkill|killall)$/.test(first))
    ? total
    : undefined
}

/** Reads `lifecycle.preStop`. */
export function preStopOf(container: Tree): PreStop | undefined {
  const tree = container.get('lifecycle', 'preStop')
  if (tree?.map === undefined) return undefined
  const at = tree.place
  const sleep = tree.get('sleep')
  if (sleep) {
    const fact = numberOf(sleep.get('seconds'), 0, at)
    return { at, kind: 'sleep', tree, time: isKnown(fact) ? { ...fact, value: fact.value * 1000 } : fact }
  }
  const words = wordsOf(tree.get('exec', 'command'))
  if (words) {
    const value = sleepsOf(words)
    const time =
      value === undefined
        ? { unknown: `nobody knows how long ${words.join(' ')} takes`, at }
        : { value, at, isDefault: false }
    return { at, kind: 'exec', tree, time }
  }
  const kind = tree.get('httpGet') ? 'httpGet' : 'other'
  return { at, kind, tree, time: { unknown: 'nobody knows how long the hook takes', at } }
}
