import { LifecycleError, type Seat } from '@lameduck/core'
import { ShutdownSignal } from '@nestjs/common'
import type { NestContext } from './nest-context.js'

/** How Nest's own close and the drain wait for each other. */
export interface Takeover {
  /** Puts the drain before everything with which this application could end. */
  takeOver(context: NestContext, close: () => Promise<void>): void
}

/** A promise and how to resolve it. */
function createLatch(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/**
 * Makes Nest's own close the last step of the drain, and the drain the first step of every way in which Nest ends: a
 * signal, `app.close()`, and a signal of `enableShutdownHooks()` that the lifecycle does not listen to.
 */
export function createTakeover({ lifecycle, signals, closeWith }: Seat): Takeover {
  const [gate, tornDown] = [createLatch(), createLatch()]
  let main: NestContext | undefined
  let closeMain: (() => Promise<void>) | undefined
  let closing: Promise<void> | undefined
  let isOpen = false
  let isNestWaiting = false
  let isClosed = false

  closeWith('app.close', async () => {
    isOpen = true
    gate.open()
    closing = isNestWaiting ? tornDown.opened : (closeMain?.() ?? Promise.resolve())
    await closing
    isClosed = true
  })

  /** In front of Nest's hooks: they run only after the drain. */
  const passGate = async () => {
    if (isOpen) return
    isNestWaiting = true
    void lifecycle.stop({ reason: 'app.close()' })
    await gate.opened
  }

  const drainAndClose = async () => {
    await lifecycle.stop({ reason: 'app.close()' })
    if (isClosed) return
    const unfinished = new LifecycleError(
      'CLOSE_TIMED_OUT',
      "app.close(): expected Nest's own close to finish within the grace period; a shutdown hook of a provider did not",
    )
    await Promise.race([closing, Promise.reject(unfinished)])
  }

  const isOurs = (signal: string) => (signals as readonly string[]).includes(signal.toUpperCase().trim())

  return {
    takeOver(context, close) {
      if (main === undefined || context.getHttpServer !== undefined) {
        main = context
        closeMain = close
      }
      const { callDestroyHook, callShutdownHook, prepareClose, enableShutdownHooks } = context
      const isPartOfMain = () => main?.getMicroservices?.().includes(context) ?? false
      Object.assign(context, {
        close: () => (isOpen && isPartOfMain() ? close() : drainAndClose()),
        ...(prepareClose && {
          prepareClose: async () => {
            await passGate()
            await prepareClose.call(context)
          },
        }),
        async callDestroyHook() {
          await passGate()
          await callDestroyHook.call(context)
        },
        async callShutdownHook(signal?: string) {
          await callShutdownHook.call(context, signal)
          tornDown.open()
        },
        enableShutdownHooks(wanted: string[] = [], options?: object) {
          const all = wanted.length > 0 ? wanted : Object.values(ShutdownSignal)
          const others = all.filter((signal) => !isOurs(signal))
          // One owner for each signal: Nest's handler would end the process with a code of its own.
          if (others.length > 0) enableShutdownHooks.call(context, others, options)
          return context
        },
      })
    },
  }
}
