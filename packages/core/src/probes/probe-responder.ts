import type { State } from '../lifecycle/state.js'
import type { CheckResult } from './checks.js'
import type { Judge } from './judge.js'
import { jsonAnswer, type ProbeAnswer, type ProbeName, type ProbePaths, probeHeaders } from './probes.js'
import { pathOf } from './request-target.js'

/** Answers probes. */
export interface ProbeResponder {
  /** The probe that a target asks for: the path exactly as it was sent, any query. Every request comes by here. */
  match(target: string | undefined): ProbeName | undefined
  answer(probe: ProbeName, url: string): ProbeAnswer | Promise<ProbeAnswer>
}

const plainText = 'text/plain; charset=utf-8'

/** The form of the Kubernetes API server's `?verbose`. */
function textAnswer(
  probe: ProbeName,
  green: boolean,
  state: State,
  results: readonly CheckResult[],
): ProbeAnswer {
  const lines = results.map(({ name, ok }) => (ok ? `[+]${name} ok` : `[-]${name} failed`))
  const body = [...lines, `${probe} check ${green ? 'passed' : 'failed'}`, ''].join('\n')
  return { status: green ? 200 : 503, headers: probeHeaders(plainText, state), body }
}

/** A path's part as text; as it stands where its escapes make no sense. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Answers nothing. */
export const noProbes: ProbeResponder = { match: () => undefined, answer: () => jsonAnswer(false, 'stopped') }

/**
 * What is shown of checks besides the colour they give a probe: nothing; their names and outcomes; what they returned as
 * well. What they threw is never told.
 */
export type Shown = 'nothing' | 'outcomes' | 'details'

/** Checks as the body of an answer has them. */
function shownAs(shown: Shown, results: readonly CheckResult[]): object {
  if (shown === 'nothing') return {}
  const checks = Object.fromEntries(results.map(({ name, ok }) => [name, ok ? 'ok' : 'failed']))
  const told = results.filter(({ details }) => details !== undefined)
  if (shown === 'outcomes' || told.length === 0) return { checks }
  return { checks, details: Object.fromEntries(told.map(({ name, details }) => [name, details])) }
}

/**
 * Creates a responder.
 *
 * @param shown if anything, it answers `?verbose`, `?exclude=name` and `/readyz/name` as well, as the Kubernetes API
 *   server does
 */
export function createProbeResponder(judge: Judge, paths: ProbePaths, shown: Shown): ProbeResponder {
  const { state } = judge
  const inDetail = shown !== 'nothing'
  // The character behind the slash tells nearly every other path from these; a query may follow a probe's that is `/`.
  const initials = ['/?', '//', ...Object.values(paths)].map((path) => path.charCodeAt(1))
  // `/readyz/name` asks for one check, unless that is the path of another probe: so the longest path comes first.
  const probes = (['livez', 'startupz', 'readyz'] as const)
    .map((name) => ({ name, path: paths[name], hasParts: inDetail && name !== 'startupz' }))
    .sort((a, b) => b.path.length - a.path.length)

  const ask = async (probe: ProbeName, names: readonly string[], isVerbose: boolean) => {
    const { green, results } = await judge.ask(probe, names)
    if (isVerbose) return textAnswer(probe, green, state(), results)
    const isListed = probe === 'readyz' || results.length > 0
    return jsonAnswer(green, state(), isListed ? shownAs(shown, results) : {})
  }

  const answerInDetail = (probe: ProbeName, target: string) => {
    const url = pathOf(target)
    const path = url.replace(/\?.*/s, '')
    const search = new URLSearchParams(url.slice(path.length))
    const part = decode(path.slice(paths[probe].length + 1))
    const excluded = search.getAll('exclude')
    const names = judge
      .namesOf(probe)
      .filter((name) => (part === '' ? !excluded.includes(name) : name === part))
    if (part === '' || names.length > 0) return ask(probe, names, search.has('verbose'))
    return { status: 404, headers: probeHeaders(plainText, state()), body: 'unknown check\n' } as const
  }

  return {
    match(target) {
      // A request that is made by hand may have anything here.
      if (typeof target !== 'string') return undefined
      if (target[0] === '/' && !initials.includes(target.charCodeAt(1))) return undefined
      const url = pathOf(target)
      for (const { name, path, hasParts } of probes) {
        if (!url.startsWith(path)) continue
        const next = url[path.length]
        if (next === undefined || next === '?' || (hasParts && next === '/')) return name
      }
      return undefined
    },
    answer(probe, url) {
      if (inDetail) return answerInDetail(probe, url)
      const green = judge.isGreen(probe)
      const names = judge.namesOf(probe)
      // What is red already needs no check, and without one there is nothing to wait for.
      return green && names.length > 0 ? ask(probe, names, false) : jsonAnswer(green, state())
    },
  }
}
