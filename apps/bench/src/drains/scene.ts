import type { Forked } from '../forked.js'

/** What one server did in one case. */
export interface Outcome {
  readonly good: boolean
  readonly text: string
}

/** A server under test, and how to tell it to stop. */
export interface Stage {
  readonly subject: Forked
  readonly port: number
  /** Resolves when so many requests have reached their handlers: 1 if nothing is said. */
  begun(requests?: number): Promise<void>
  /** Sends SIGTERM. */
  stop(): void
  /** Milliseconds from SIGTERM to the end of the process; nothing while it still runs after `patience`. */
  exit(): Promise<number | undefined>
}

/** Something that happens around a SIGTERM, and what becomes of it. */
export interface Scene {
  readonly title: string
  readonly framework?: 'http2'
  play(stage: Stage): Promise<Outcome>
}

/** How long anybody waits for a server, in milliseconds. */
export const patience = 8000

export const good = (text: string): Outcome => ({ good: true, text })
export const bad = (text: string): Outcome => ({ good: false, text })

export const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`

/** Judges the time to the exit. */
export function judgeExit(time: number | undefined, most: number, said = ''): Outcome {
  if (time === undefined) return bad(`runs after ${seconds(patience)}${said}`)
  return time <= most ? good(`${seconds(time)}${said}`) : bad(`${seconds(time)}${said}`)
}
