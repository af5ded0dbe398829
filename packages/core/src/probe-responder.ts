import type { CheckResult, Checks } from './checks.js'
import {
  answerProbe,
  jsonAnswer,
  type ProbeAnswer,
  type ProbeName,
  type ProbePaths,
  probeHeaders,
} from './probes.js'
import type { State } from './state.js'

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
function textAnswer(green: boolean, state: State, results: readonly CheckResult[]): ProbeAnswer {
  const lines = results.map(({ name, ok }) => (ok ? `[+]${name} ok` : `[-]${name} failed`))
  const body = [...lines, `readyz check ${green ? 'passed' : 'failed'}`, ''].join('\n')
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
  const probes = (Object.entries(paths) as [ProbeName, string][]).map(([name, path]) => ({
    name,
    path,
    lastCode: path.charCodeAt(path.length - 1),
    // `/readyz/name` asks for one check.
    hasParts: details && name === 'readyz',
  }))

  const readiness = async (names: readonly string[], isVerbose: boolean): Promise<ProbeAnswer> => {
    const results = await checks.run(names)
    const now = state()
    const green = (now === 'ready' || keepsReadiness()) && results.every(({ ok }) => ok)
    if (isVerbose) return textAnswer(green, now, results)
    const shown = Object.fromEntries(results.map(({ name, ok }) => [name, ok ? 'ok' : 'failed']))
    return jsonAnswer(green, now, details ? shown : undefined)
  }

  const detailedReadiness = (url: string): ProbeAnswer | Promise<ProbeAnswer> => {
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const part = decode(pathname.slice(paths.readyz.length + 1))
    const isVerbose = searchParams.has('verbose')
    if (part === '') {
      const excluded = searchParams.getAll('exclude')
      return readiness(
        checks.names.filter((name) => !excluded.includes(name)),
        isVerbose,
      )
    }
    if (checks.names.includes(part)) return readiness([part], isVerbose)
    return { status: 404, headers: probeHeaders(plainText, state()), body: 'unknown check\n' }
  }

  return {
    match(url) {
      if (url === undefined) return undefined
      for (const { name, path, lastCode, hasParts } of probes) {
        // One character tells nearly all of them apart.
        if (url.charCodeAt(path.length - 1) !== lastCode || !url.startsWith(path)) continue
        const next = url[path.length]
        if (next === undefined || next === '?' || (hasParts && next === '/')) return name
      }
      return undefined
    },
    answer(probe, url) {
      if (probe === 'readyz' && details) return detailedReadiness(url)
      const isUndecided = state() === 'ready' || keepsReadiness()
      // Without a check there is nothing to wait for, and what is red already needs none.
      if (probe === 'readyz' && isUndecided && checks.names.length > 0) return readiness(checks.names, false)
      return answerProbe(probe, state(), keepsReadiness())
    },
  }
}
