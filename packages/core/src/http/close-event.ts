import type { Server } from 'node:net'
import { type Clock, inMicrotask, nextTick } from '../clock.js'
import { currentPart } from '../drain/part.js'
import { ownMethod } from '../servers/own-method.js'

/** What a server of `node:net` promises about its closing: `close(callback)` and the event `close`. */
export interface CloseEvent {
  /** The drain begins: until {@link release} the event is held back, and `close()` closes nothing. */
  hold(): void
  /** The event comes from the server; whether its listeners may hear it. */
  mayBeHeard(): boolean
  /** What somebody has put around the server's `close()`, which may end what the server would wait for; undefined where nobody has. */
  readonly endLongWork: (() => unknown) | undefined
  /** The server has drained: those that have called `close()` hear of it. */
  settle(): void
  /** Every server has drained: the event is heard once, now or when the last connection has gone. */
  release(): void
  /** Until an answer is out that the drain leaves out, `close()` does not take its connection for an idle one. */
  spare(answered: Promise<void>): void
  /** The server listens anew. */
  forget(): void
  /** Nothing is left of the drain. */
  giveBack(): void
}

/** Hears of every listener that is added to the server. */
type Added = (event: string | symbol, listener: (...args: unknown[]) => void) => void

const ignore = () => {}

/** What hangs on the event (a database, Fastify's second server) must wait for every server of the lifecycle, and hears of it once. */
export function createCloseEvent(clock: Clock, server: Server): CloseEvent {
  /** `close()` has no error for those that call it: it has been done for them. */
  const close = ownMethod(
    server,
    'close',
    (args) => {
      const done = args.find((each) => typeof each === 'function')
      if (done !== undefined) inMicrotask(done as () => void)
    },
    'server',
  )
  /** It need not go by `close()`: that of HTTP/2 does not. */
  const dispose = ownMethod(server, Symbol.asyncDispose, async () => {}, 'promise')
  /** Node's `close()` takes a response that is ended but not flushed for nothing, and its connection for an idle one. */
  const closeIdle = ownMethod(server, 'closeIdleConnections', ignore, 'nothing')
  let isCalled = false
  let step: 'free' | 'held' | 'released' | 'heard' = 'free'
  let isTwice = false
  let isOver = false
  let waiting: (() => void)[] = []
  let spared = 0

  /** For a listener that comes when the event is over, it comes once more. */
  const tellLate = (listener: unknown) => {
    const found = (server.rawListeners('close') as { listener?: unknown }[]).find(
      (each) => each === listener || each.listener === listener,
    )
    if (step === 'heard' && found !== undefined) Reflect.apply(found as () => void, server, [])
  }

  const added: Added = (event, listener) => {
    if (event !== 'close') return
    if (step === 'heard') nextTick(tellLate, listener)
    else if (step === 'held') {
      const goOn = currentPart()?.standAside()
      if (goOn !== undefined) waiting.push(goOn)
    }
  }

  /** From the release on, the drain waits again for those that wait for the event. */
  const goOn = () => {
    for (const each of waiting) each()
    waiting = []
  }

  /** Nobody who closes the server once more is left without an answer: not before Node's second event has come. */
  const letGo = () => {
    if (isTwice || !isOver) return
    server.off('newListener', added)
    if (step === 'heard') step = 'free'
  }

  const settle = () => {
    close.settle()
    dispose.settle()
  }

  return {
    hold() {
      if (step === 'held') return
      step = 'held'
      isOver = false
      isCalled = false
      close.hold()
      dispose.hold()
      server.on('newListener', added)
    },
    mayBeHeard() {
      // Nothing can come of its connections any more, so it has drained.
      if (step === 'held') settle()
      if (step === 'held' || isTwice) return false
      if (step === 'released') {
        step = 'heard'
        // Node makes one of the listener's end and one of the `close()` below, if they fall together.
        isTwice = true
        clock.nextTurn(() => {
          isTwice = false
          letGo()
        })
      }
      return true
    },
    get endLongWork() {
      if (!close.isWrapped) return undefined
      return () => {
        isCalled = true
        closeIdle.hold()
        return close.call(ignore)
      }
    },
    settle,
    release() {
      if (step !== 'held') return
      step = 'released'
      // Not before: it cuts idle connections and responses that are ended but not flushed. Now it ends Node's own timer.
      if (spared === 0) closeIdle.giveBack()
      if (isCalled) Object.getPrototypeOf(server).close.call(server)
      else close.call()
      settle()
      goOn()
    },
    spare(answered) {
      spared++
      closeIdle.hold()
      void answered.then(() => {
        spared--
        if (spared === 0 && step !== 'held') closeIdle.giveBack()
      })
    },
    forget() {
      isTwice = false
      if (step === 'heard') step = 'free'
    },
    giveBack() {
      close.giveBack()
      dispose.giveBack()
      isOver = true
      letGo()
    },
  }
}
