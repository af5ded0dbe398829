/** Targets of requests as they go over the wire, and whether a probe answers them: the path exactly, with any query. */
export const probeTargets: Readonly<Record<string, boolean>> = {
  '/readyz': true,
  '/livez': true,
  '/startupz': true,
  '/readyz?': true,
  '/livez?from=test': true,
  '/livez?a=b?c=d': true,
  '/livez?path=/fast#x': true,
  'http://localhost/readyz': true,
  'HTTPS://localhost:8443/livez?from=test': true,
  'http://localhost?/livez': false,
  'http://localhost//livez': false,
  'http://localhost/fast/livez': false,
  '//livez': false,
  '/livez/': false,
  '/livezz': false,
  '/LIVEZ': false,
  '/Readyz': false,
  '/%72eadyz': false,
  '/live%7A': false,
  '/readyz%3Fa': false,
  '/readyz%20': false,
  '/livez#x': false,
  '/livez;a=b': false,
  '/livez&a=b': false,
  '/./livez': false,
  '/fast/../livez': false,
  '/fast/livez': false,
  '/livez/db': false,
}

const base = 'http://localhost'

/** Those that reach an application as they are by `inject()`, which parses them as a URL. */
export const injectableTargets: Readonly<Record<string, boolean>> = Object.fromEntries(
  Object.entries(probeTargets).filter(([target]) => {
    const { pathname, search } = new URL(target.startsWith('//') ? base + target : target, base)
    return pathname + search === target
  }),
)

/** How an answer to one of them tells that a probe has given it. */
export const isProbeAnswer = ({
  status,
  headers,
}: {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}): boolean => status === 200 && headers['lifecycle-state'] === 'ready'
