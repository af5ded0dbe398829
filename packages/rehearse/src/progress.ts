import type { Observer, Progress, RehearsalEvent } from './events.js'
import { exitText } from './replica-life.js'

/** Where progress goes; `process.stdout` is one. */
export interface ProgressStream {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** Shows a rehearsal as it goes. */
export interface ProgressPrinter {
  observe: Observer
  /** Removes the line that is being redrawn, so that other text can follow. */
  clear(): void
}

const plainEvery = 5000
const clearLine = '\r\u001B[2K'

/**
 * Prints a line for each event. On a terminal the state of things is a last line that is redrawn; elsewhere it is one more line every
 * five seconds.
 */
export function createProgressPrinter(stream: ProgressStream): ProgressPrinter {
  const live = stream.isTTY === true
  let latest: Progress | undefined
  let nextPlain = plainEvery

  const clear = () => {
    if (live) stream.write(clearLine)
  }
  const draw = () => {
    if (!live || !latest) return
    stream.write(clearLine + progressLine(latest).slice(0, (stream.columns ?? 80) - 1))
  }
  return {
    clear,
    observe(event) {
      if (event.type === 'progress') {
        latest = event.progress
        draw()
        if (live || latest.elapsedMs < nextPlain) return
        nextPlain += plainEvery
        stream.write(`${progressLine(latest)}\n`)
        return
      }
      const text = eventText(event)
      clear()
      stream.write(`${clock(latest?.elapsedMs ?? 0)}  ${text}\n`)
      draw()
    },
  }
}

/** The state of things in one line. */
function progressLine(progress: Progress): string {
  const { elapsedMs, rollout, rollouts, starting, ready, draining, requests, lost, refused } = progress
  const what = rollout === 0 ? 'first deployment' : `roll-out ${rollout}/${rollouts}`
  return (
    `${clock(elapsedMs)}  ${what}: ${starting} starting, ${ready} ready, ${draining} draining · ` +
    `${requests} requests, ${lost} lost, ${refused} refused`
  )
}

/** What happened, in one line; the output of a service that failed follows it, indented. */
export function eventText(event: Exclude<RehearsalEvent, { type: 'progress' }>): string {
  switch (event.type) {
    case 'balancerStarted':
      return `${event.version} started (process ${event.pid}, port ${event.port})`
    case 'balancerDied':
      return `${event.kind} ended by itself (${exitText(event.exit)})${outputText(event.output)}`
    case 'loadStarted':
      return `load: ${event.rps} requests/s on ${event.connections} connections`
    case 'rolloutStarted':
      return `roll-out ${event.rollout}/${event.of} begins`
    case 'rolloutFinished':
      return `roll-out ${event.rollout}/${event.of} is over after ${seconds(event.durationMs)}`
    case 'replicaStarted':
      return `${event.replica} started (process ${event.pid}, port ${event.port})`
    case 'replicaReady':
      return `${event.replica} ready after ${seconds(event.afterMs)}`
    case 'replicaUnready':
      return `${event.replica} is no longer ready: ${event.detail}`
    case 'livenessFailed':
      return `${event.replica} failed a liveness probe${event.draining ? ' while draining' : ''}: ${event.detail}`
    case 'replicaStopping':
      return `${event.replica} is to go${event.preStopMs > 0 ? `; preStop ${seconds(event.preStopMs)}` : ''}`
    case 'replicaSignalled':
      return `${event.replica} gets SIGTERM`
    case 'replicaKilled':
      return `${event.replica} got SIGKILL ${seconds(event.afterMs)} after SIGTERM`
    case 'replicaExited':
      return `${event.replica} gone ${seconds(event.drainMs)} after SIGTERM (${exitText(event.exit)})`
    case 'replicaDied':
      return `${event.replica} ended by itself (${exitText(event.exit)})${outputText(event.output)}`
    case 'replicaNeverReady':
      return `${event.replica} ${event.reason}${outputText(event.output)}`
  }
}

function outputText(lines: readonly string[]): string {
  if (lines.length === 0) return '; it wrote nothing'
  return `; it wrote last:\n${lines.map((line) => `       | ${line}`).join('\n')}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function clock(ms: number): string {
  const whole = Math.floor(ms / 1000)
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}
