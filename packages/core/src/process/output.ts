import { nextTick, systemClock } from '../clock.js'
import type { SpeakingProcess } from './last-words.js'

type Output = NodeJS.WriteStream & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/** Standard output and standard error, those that there are: a closed descriptor has no stream. */
function outputs(): Output[] {
  return (['stdout', 'stderr'] as const).flatMap((name) => {
    try {
      const stream = process[name] as Output
      return stream.destroyed || stream.writableEnded ? [] : [stream]
    } catch {
      return []
    }
  })
}

const ignore = () => {}

/** Resolves when `stream` has written what it holds, or cannot: nobody reads any more. */
const written = (stream: Output) =>
  new Promise<void>((resolve) => {
    // Who reads no more is no crash.
    stream.on('error', ignore)
    stream.write('', () => {
      resolve()
      systemClock.nextTurn(() => stream.off('error', ignore))
    })
  })

const held = ({ writableLength, _handle }: Output) => writableLength + (_handle?.writeQueueSize ?? 0)

/** This process, as far as its last words are concerned. */
export const ownOutput: SpeakingProcess = {
  applicationExitCode: () => Number(process.exitCode ?? 0) || 0,
  unwritten: () => outputs().reduce((sum, stream) => sum + held(stream), 0),
  async written() {
    await Promise.all(outputs().map(written))
  },
  beforeExit: (code) =>
    new Promise((resolve) => {
      if (process.listenerCount('beforeExit') === 0) return resolve(false)
      systemClock.nextTurn(() => {
        nextTick(resolve, true)
        process.emit('beforeExit', code)
      })
    }),
  activity() {
    const counts = new Map<string, number>()
    for (const kind of process.getActiveResourcesInfo?.() ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return counts
  },
}

/** One with nothing to say: a worker thread's streams are its parent's. */
export const noOutput: SpeakingProcess = {
  applicationExitCode: () => 0,
  unwritten: () => 0,
  written: async () => {},
  beforeExit: async () => false,
  activity: () => new Map(),
}
