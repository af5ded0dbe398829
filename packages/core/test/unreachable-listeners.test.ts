import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createProcessListeners } from '../src/process/process-listeners.js'

/** As Bun has it: nobody gets at the listeners but by the methods that everybody has. */
class Sealed extends EventEmitter {
  readonly #kept = new EventEmitter()

  constructor() {
    super()
    Object.assign(this, { _events: undefined })
  }

  override on(event: string, listener: () => void) {
    this.#kept.on(event, listener)
    return this
  }

  override off(event: string, listener: () => void) {
    this.#kept.off(event, listener)
    return this
  }

  override once(event: string, listener: () => void) {
    this.#kept.once(event, listener)
    return this
  }

  override emit(event: string, ...args: unknown[]) {
    return this.#kept.emit(event, ...args)
  }

  override rawListeners(event: string) {
    return this.#kept.rawListeners(event)
  }
}

test('where listeners are out of reach, other people’s are installed anew, in their order, and given back', () => {
  const emitter = new Sealed()
  const called: string[] = []
  const handlers = ['first', 'second'].map((name) => () => void called.push(name))
  for (const each of handlers) emitter.on('SIGTERM', each)
  emitter.once('SIGTERM', () => void called.push('once'))
  const host = {
    emitter,
    on: emitter.on.bind(emitter),
    off: emitter.off.bind(emitter),
    soon: (fn: () => void) => fn(),
  }
  const listeners = createProcessListeners(
    host as never,
    (event) => void called.push(`ours ${event}`),
    () => undefined,
  )
  listeners.listenTo(new Set(['SIGTERM']))
  emitter.emit('SIGTERM')
  expect(called.splice(0)).toEqual(['ours SIGTERM'])
  const foreign = listeners.foreignHandlers()
  for (const each of foreign) each.call()
  expect(called.splice(0)).toEqual(['first', 'second', 'once'])
  expect(foreign.map((each) => each.isPresent())).toEqual([true, true, false])
  listeners.listenTo(new Set())
  expect(emitter.rawListeners('SIGTERM')).toEqual(handlers)
})
