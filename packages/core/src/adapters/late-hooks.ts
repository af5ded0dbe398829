import type { Lifecycle } from '../lifecycle/lifecycle.js'

/** More would hide the ones that matter. */
const mostNamed = 10

/** `Class.hook`, each once. */
function namesOf(hooks: readonly string[], owners: readonly unknown[]): string[] {
  const names = owners.flatMap((owner) =>
    hooks
      .filter((hook) => typeof Object(owner)[hook] === 'function')
      .map((hook) => `${Object(owner).constructor?.name || 'object'}.${hook}`),
  )
  return [...new Set(names)]
}

/** Says at the cutoff which hooks of a framework, called when it closes, come too late for the work that is left. */
export function warnOfLateHooks(
  lifecycle: Pick<Lifecycle, 'on'>,
  warn: (message: string) => void,
  hooks: readonly string[],
  owners: () => readonly unknown[],
  source: string,
): void {
  lifecycle.on('cutoff', ({ inFlight, holds }) => {
    const names = inFlight + holds.length > 0 ? namesOf(hooks, owners()) : []
    if (names.length === 0) return
    const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
    warn(
      `work is cut before these hooks run, which come after the drain: ${names.slice(0, mostNamed).join(', ')}${rest}. ` +
        'If one of them ends streams, sockets or jobs, end these when draining begins instead: ' +
        `lifecycle.signal.addEventListener('abort', …), or lifecycle.onDrain(…), on the lifecycle from ${source}`,
    )
  })
}
