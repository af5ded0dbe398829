import { consoleLogger, type Logger, type Plan } from '@lameduck/core'

/** Whom this process has been told of: the one line in the log, in the place of that of becoming ready. */
export interface Introduction {
  /** The lifecycle's logger. */
  readonly logger: Logger
  /** Calls `attach`, and says what it has begun to drain, and how. */
  introduce(attach: () => Subject): void
  /** Nothing is logged any more. */
  mute(): void
}

/** What is introduced. */
export interface Subject {
  /** A port, or the path of a Unix socket. */
  readonly address: number | string
  readonly signals: readonly string[]
  /** What readiness waits for as well. */
  readonly awaited: readonly string[]
  readonly plan: Plan
}

const placeOf = (address: number | string) =>
  typeof address === 'number' || /^\d+$/.test(address) ? `port ${address}` : address

function sentence({ address, signals, awaited, plan }: Subject): string {
  const { platform, window, linger, cutoff, deadline } = plan
  const ms = (time: number) => `${Math.round(time)} ms`
  const span = window.min === window.max ? ms(window.max) : `${Math.round(window.min)} to ${ms(window.max)}`
  const times = `window ${span}, linger ${ms(linger)}, cutoff after ${ms(cutoff)}, gone after ${ms(deadline)}`
  const waits = awaited.length === 0 ? '' : `; ready when ${awaited.map(placeOf).join(' and ')} listens`
  const trigger = signals[0] ?? 'lifecycle.stop()'
  return `lameduck drains ${placeOf(address)} on ${trigger}: ${platform}, ${times}${waits}`
}

/** The plan in whole milliseconds, as the log has it elsewhere. */
const rounded = (plan: Plan): object =>
  JSON.parse(JSON.stringify(plan, (_, value) => (typeof value === 'number' ? Math.round(value) : value)))

/** Creates the introduction, and the logger that it uses. */
export function createIntroduction(logger: Logger = consoleLogger()): Introduction {
  let isMuted = false
  let isIntroducing = false
  const wrapped = (level: 'debug' | 'info' | 'warn' | 'error') => (details: object, message: string) => {
    const isReady = level === 'info' && (details as { step?: unknown }).step === 'ready'
    if (!isMuted && !(isIntroducing && isReady)) logger[level]?.(details, message)
  }
  return {
    logger: {
      debug: wrapped('debug'),
      info: wrapped('info'),
      warn: wrapped('warn'),
      error: wrapped('error'),
    },
    introduce(attach) {
      isIntroducing = true
      try {
        const subject = attach()
        const { address, plan } = subject
        logger.info({ step: 'attached', address, plan: rounded(plan) }, sentence(subject))
      } finally {
        isIntroducing = false
      }
    },
    mute() {
      isMuted = true
    },
  }
}
