import { EventEmitter, once } from 'node:events'
import type { Seat } from '@lameduck/core'
import { ShutdownSignal } from '@nestjs/common'
import { type NestContext, surround } from './nest-context.js'

/** Puts the drain before everything with which an application could end. */
export type TakeOver = (context: NestContext, close: () => Promise<void>) => void

/**
 * Makes Nest's own close the last step of the drain, and the drain the first step of every way in which Nest ends: a
 * signal, `app.close()`, and a signal of `enableShutdownHooks()` that the lifecycle does not listen to.
 */
export function createTakeOver({ lifecycle, signals, closeWith }: Seat): TakeOver {
  const turns = new EventEmitter<{ opened: []; tornDown: [] }>()
  let main: NestContext | undefined
  let closeMain: () => Promise<unknown> = async () => {}
  let isOpen = false
  let isNestWaiting = false

  const drainAndClose = closeWith('app.close', async () => {
    isOpen = true
    turns.emit('opened')
    await (isNestWaiting ? once(turns, 'tornDown') : closeMain())
  })

  /** In front of Nest's hooks: they run only after the drain. */
  const passGate = async () => {
    if (isOpen) return
    isNestWaiting = true
    const opened = once(turns, 'opened')
    void lifecycle.stop({ reason: 'app.close()' })
    await opened
  }

  const isNotOurs = (signal: string) => !(signals as readonly string[]).includes(signal.toUpperCase().trim())

  return (context, close) => {
    if (main === undefined || context.getHttpServer !== undefined) {
      main = context
      closeMain = close
    }
    const isPartOfMain = () => main?.getMicroservices?.().includes(context) ?? false
    context.close = async () => void (await (isOpen && isPartOfMain() ? close() : drainAndClose()))
    surround(context, 'prepareClose', passGate)
    surround(context, 'callDestroyHook', passGate)
    surround(context, 'callShutdownHook', undefined, () => turns.emit('tornDown'))
    const enableShutdownHooks = context.enableShutdownHooks.bind(context)
    context.enableShutdownHooks = (wanted = [], options) => {
      const others = (wanted.length > 0 ? wanted : Object.values(ShutdownSignal)).filter(isNotOurs)
      // One owner for each signal: Nest's handler would end the process with a code of its own.
      if (others.length > 0) enableShutdownHooks(others, options)
      return context
    }
  }
}
