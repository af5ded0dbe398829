import type { State } from '../lifecycle/state.js'
import type { CheckResult, Checks } from './checks.js'
import {
  isGreen,
  jsonAnswer,
  type ProbeAnswer,
  type ProbeName,
  type ProbePaths,
  probeHeaders,
} from './probes.js'

/** Answers probes. */
export interface ProbeResponder {
  /** The probe that a URL asks for: the path exactly, any query. Every request comes by here. */
  match(url: string | undefined): ProbeName | undefined
  answer(probe: ProbeName, url: string): ProbeAnswer | Promise<ProbeAnswer>
}

/** What the answers depend on. */
export interface ProbeContext {
  readonly paths: ProbePaths
  readonly checks: Checks
  readonly state: () => State
  /** Readiness stays green although the drain has begun. */
  readonly keepsReadiness: () => boolean
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
export const noProbes: ProbeResponder = {
  match: () => undefined,
  answer: () => jsonAnswer(false, 'stopped'),
}

/**
 * Creates a responder.
 *
 * @param details show checks by name, and answer `?verbose`, `?exclude=name` and `/readyz/name` as the Kubernetes API
 *   server does. Why a check fails is never told.
 */
export function createProbeResponder(context: ProbeContext, details: boolean): ProbeResponder {
  const { paths, checks, state, keepsReadiness } = context
  // `/readyz/name` asks for one check, unless that is the path of another probe: so readiness comes last.
  const probes = (['livez', 'startupz', 'readyz'] as const).map((name) => ({
    name,
    path: paths[name],
    lastCode: paths[name].charCodeAt(paths[name].length - 1),
    hasParts: details && name === 'readyz',
  }))

  const judge = async (probe: ProbeName, names: readonly string[], isVerbose: boolean) => {
    const results = await checks.run(names)
    const green = isGreen(probe, state(), keepsReadiness()) && results.every(({ ok }) => ok)
    if (isVerbose) return textAnswer(probe, green, state(), results)
    const shown = Object.fromEntries(results.map(({ name, ok }) => [name, ok ? 'ok' : 'failed']))
    return jsonAnswer(green, state(), details && probe === 'readyz' ? shown : undefined)
  }

  const answerInDetail = (probe: ProbeName, url: string) => {
    const path = url.replace(/\?.*/s, '')
    const search = new URLSearchParams(url.slice(path.length))
    const part = decode(path.slice(paths[probe].length + 1))
    const excluded = search.getAll('exclude')
    const known = probe === 'readyz' ? checks.names : []
    const names = known.filter((name) => (part === '' ? !excluded.includes(name) : name === part))
    if (part === '' || names.length > 0) return judge(probe, names, search.has('verbose'))
    return { status: 404, headers: probeHeaders(plainText, state()), body: 'unknown check\n' } as const
  }

  return {
    match(url) {
      // A request that is made by hand may have anything here.
      if (typeof url !== 'string') return undefined
      for (const { name, path, lastCode, hasParts } of probes) {
        // One character tells nearly all of them apart.
        if (url.charCodeAt(path.length - 1) !== lastCode || !url.startsWith(path)) continue
        const next = url[path.length]
        if (next === undefined || next === '?' || (hasParts && next === '/')) return name
      }
      return undefined
    },
    answer(probe, url) {
      if (details) return answerInDetail(probe, url)
      const green = isGreen(probe, state(), keepsReadiness())
      // What is red already needs no check, and without one there is nothing to wait for.
      if (green && probe === 'readyz' && checks.names.length > 0) return judge(probe, checks.names, false)
      return jsonAnswer(green, state())
    },
  }
}
