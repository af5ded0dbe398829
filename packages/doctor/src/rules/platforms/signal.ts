import type { Drain } from '../../budget/drain.js'
import type { Code } from '../../code/code.js'
import { type Fact, isKnown } from '../../model/fact.js'
import type { Place } from '../../text/source.js'
import { fail, type Outcomes, pass, unseen } from '../rule.js'

const names: Readonly<Record<string, string>> = {
  '1': 'SIGHUP',
  '2': 'SIGINT',
  '3': 'SIGQUIT',
  '9': 'SIGKILL',
  '10': 'SIGUSR1',
  '12': 'SIGUSR2',
  '15': 'SIGTERM',
}

/** A signal by the name that Node has for it. */
function signalName(text: string): string {
  const name = text
    .trim()
    .toUpperCase()
    .replace(/^(?:SIG)?(?:RTMIN\+.*)$/, 'SIGRTMIN')
  return names[name] ?? (name.startsWith('SIG') ? name : `SIG${name}`)
}

const hint: Readonly<Record<string, string>> = {
  SIGKILL: 'nobody can hear it',
  SIGUSR1: 'Node starts its inspector at it',
  SIGQUIT: 'Node ends at it without ceremony',
  SIGHUP: 'Node ends at it without ceremony',
}

/** What is known about who listens. */
interface Listener {
  readonly drain: Drain
  readonly code?: Code | undefined
  /** SIGINT is the platform's own way to stop a process. */
  readonly isUsual?: boolean
}

function checkUnusual(name: string, at: Place, { drain, code }: Listener): Outcomes {
  const end = hint[name] ?? 'Node ends at it unless it is handled'
  if (name === 'SIGKILL')
    return fail({ at, computed: name, message: 'nobody can hear SIGKILL: everything in flight is cut' })
  if (code?.mentions(new RegExp(`['"]${name}['"]`)) !== undefined) return pass
  if (drain.ending === 'none')
    return fail({ at, computed: name, message: `nothing in the code handles ${name}: ${end}` })
  return unseen({
    at,
    computed: name,
    message: `whether the service handles ${name} was not seen; ${end}`,
    fix: 'Stop it with SIGTERM.',
  })
}

/** Whether the application hears the signal that it is stopped with. */
export function checkSignal(signal: Fact<string>, listener: Listener): Outcomes {
  const { at } = signal
  if (!isKnown(signal)) return unseen({ at, computed: 'stop signal ?', message: signal.unknown })
  const name = signalName(signal.value)
  const heard = listener.drain.settings?.signals as readonly string[] | undefined
  if (heard && !heard.includes(name)) {
    const listens = heard.join(', ') || 'no signal'
    return fail({
      at,
      computed: `${name} ∉ ${listens}`,
      message: `lameduck is not told: ${hint[name] ?? 'it listens to other signals'}`,
    })
  }
  if (name === 'SIGINT' && !listener.isUsual) {
    return fail({
      severity: 'warning',
      at,
      computed: 'SIGINT',
      message: 'SIGINT counts as Ctrl-C: lameduck drains without a window, and others leave at once',
    })
  }
  if (heard || name === 'SIGTERM' || name === 'SIGINT') return pass
  return checkUnusual(name, at, listener)
}
