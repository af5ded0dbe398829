import type { Exit } from './service-process.js'

/** What happens during a rehearsal, as it happens. Times are milliseconds. */
export type RehearsalEvent =
  | { type: 'rolloutStarted'; rollout: number; of: number }
  | { type: 'rolloutFinished'; rollout: number; of: number; durationMs: number }
  | { type: 'replicaStarted'; replica: string; rollout: number; pid: number; port: number }
  | { type: 'replicaReady'; replica: string; afterMs: number }
  | { type: 'replicaUnready'; replica: string; detail: string }
  | { type: 'livenessFailed'; replica: string; draining: boolean; detail: string }
  | { type: 'replicaStopping'; replica: string; preStopMs: number }
  | { type: 'replicaSignalled'; replica: string }
  | { type: 'replicaKilled'; replica: string; afterMs: number }
  | { type: 'replicaExited'; replica: string; drainMs: number; exit: Exit }
  | { type: 'replicaDied'; replica: string; exit: Exit; output: string[] }
  | { type: 'replicaNeverReady'; replica: string; reason: string; output: string[] }
  | { type: 'balancerStarted'; kind: string; version: string; pid: number; port: number }
  | { type: 'balancerDied'; kind: string; exit: Exit; output: string[] }
  | { type: 'loadStarted'; rps: number; connections: number }
  | { type: 'progress'; progress: Progress }

/** Where a rehearsal stands. */
export interface Progress {
  /** Milliseconds since the rehearsal began. */
  elapsedMs: number
  /** `0`: the first deployment. */
  rollout: number
  rollouts: number
  starting: number
  ready: number
  draining: number
  requests: number
  lost: number
  refused: number
}

/** Is told what happens; must not throw. */
export type Observer = (event: RehearsalEvent) => void
