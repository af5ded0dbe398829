import { probeDefaults } from '@lameduck/core/plan'
import type { Probe } from '../../kubernetes/container.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'

/** The number of a port that is given by its name; what is given otherwise, as it is. */
function portOf(container: Container, port: string | undefined): string | undefined {
  const named = (container.tree.get('ports')?.items ?? []).find((each) => each.get('name')?.text === port)
  return named?.get('containerPort')?.text ?? port
}

/** What a probe asks, with names resolved and defaults filled in; nothing, if that cannot be told. */
export function handlerOf(container: Container, probe: Probe): string | undefined {
  const { kind, handler, path, port } = probe
  if (kind === undefined || handler === undefined) return undefined
  if (kind === 'exec')
    return `exec ${(handler.get('command')?.items ?? []).map(({ text }) => text).join(' ')}`
  if (handler.get('port')?.unknown !== undefined || handler.get('path')?.unknown !== undefined)
    return undefined
  const where = portOf(container, port) ?? '?'
  if (kind === 'grpc') return `grpc ${where} ${handler.get('service')?.text ?? '""'}`
  return kind === 'httpGet' ? `GET :${where}${path?.replace(/\?.*$/, '') ?? '/'}` : `tcp :${where}`
}

/** How long a probe takes to notice, in seconds: at least `least`, at most `most`. */
export function detectionOf(
  probe: Probe,
): { period: number; failures: number; least: number; most: number } | undefined {
  const { period, failures } = probe
  if (!isKnown(period) || !isKnown(failures)) return undefined
  const least = period.value * failures.value
  return { period: period.value, failures: failures.value, least, most: least + period.value }
}

/** A span of seconds, none of them below 0. */
export function span(from: number, to: number): string {
  const [low, high] = [Math.max(0, from), Math.max(0, to)]
  return low === high ? `${low} s` : `${low}–${high} s`
}

/** The path that lameduck answers a probe on, as far as its options were seen. */
export function pathOf({ drain }: Container, name: 'readyz' | 'livez' | 'startupz'): string {
  const probes = drain.settings?.probes as { paths?: Record<string, string> } | undefined
  return probes?.paths?.[name] ?? probeDefaults[name]
}

/** Whether it is known that lameduck answers its probes here, on HTTP. */
export const answersProbes = ({ drain, pkg }: Container): boolean =>
  drain.ending === 'lameduck' &&
  (drain.settings === undefined || drain.settings.probes !== undefined) &&
  !(pkg?.dependencies.has('@lameduck/grpc') ?? false)
