import { afterEach, describe, expect, test } from 'vitest'
import { createSystemClock } from '../src/clock.js'
import { listenTo, ownSignals } from '../src/process/signals.js'

const undo: (() => void)[] = []
const later = (fn: () => void) => void undo.push(fn)
afterEach(() => {
  for (const each of undo.splice(0).reverse()) each()
})

const listens = (event: string, listener: (...args: unknown[]) => void) => {
  process.on(event, listener)
  later(() => process.off(event, listener))
}

describe('signals of this process', () => {
  test('are heard before the listeners of others, and in their place', () => {
    const heard: unknown[] = []
    listens('SIGUSR2', () => heard.push('theirs'))
    const stop = ownSignals.watchSignals((event) => {
      if (event === 'SIGUSR2') heard.push('ours')
      return event === 'SIGUSR2'
    })
    process.emit('SIGUSR2', 'SIGUSR2')
    stop()
    process.emit('SIGUSR2', 'SIGUSR2')
    expect(heard).toEqual(['ours', 'theirs'])
  })

  test('our listener comes first, and only we take it away', () => {
    const heard: unknown[] = []
    const [ours, theirs] = [() => heard.push('ours'), () => heard.push('theirs')]
    listens('SIGUSR2', theirs)
    listenTo('SIGUSR2', ours)
    later(() => process.off('SIGUSR2', ours))
    expect(ownSignals.listeners('SIGUSR2')).toEqual([ours, theirs])
    later(ownSignals.watchSignals(() => false))
    listens('lameduck test', theirs)
    process.removeAllListeners('SIGUSR2')
    expect(process.removeAllListeners('lameduck test')).toBe(process)
    expect([process.rawListeners('SIGUSR2'), process.listenerCount('lameduck test')]).toEqual([[ours], 0])
  })

  test('all listeners but ours are taken away at once, those of Node last', () => {
    const all = process.eventNames().map((event) => [event, process.rawListeners(event)] as const)
    const ours = () => {}
    listenTo('SIGUSR2', ours)
    later(ownSignals.watchSignals(() => false))
    process.removeAllListeners()
    const left = process.eventNames()
    for (const [event, listeners] of all)
      for (const listener of listeners) process.on(event, listener as () => void)
    process.off('SIGUSR2', ours)
    expect(left).toEqual(['SIGUSR2'])
  })

  test('an exit of the application is held, and signals to itself that would end it', () => {
    const ended: number[] = []
    const letGo = ownSignals.holdEnd('SIGTERM', (code) => void ended.push(code))
    const exit = (code: number): void => process.exit(code)
    exit(7)
    exit(143)
    process.kill(process.pid)
    process.kill(process.pid, 'SIGKILL')
    process.kill(process.pid, 2)
    expect(process.kill(process.pid, 0)).toBe(true)
    letGo()
    expect(ended).toEqual([7, 0, 0, 0, 0])
  })

  test('a handler is called with its name and number, on the process', () => {
    const called: unknown[] = []
    const handler = function (this: unknown, ...args: unknown[]) {
      called.push(this === process, ...args)
    }
    ownSignals.callHandler(handler, 'SIGTERM')
    expect(called).toEqual([true, 'SIGTERM', 15])
  })

  test('the end of the event loop is told of once, and not to others', () => {
    const told: string[] = []
    listens('beforeExit', () => told.push('theirs'))
    ownSignals.whenIdle(() => told.push('ours'))
    process.emit('SIGUSR2', 'SIGUSR2')
    process.emit('beforeExit', 0)
    process.emit('beforeExit', 0)
    expect(told).toEqual(['ours', 'theirs'])
  })
})

test('timers of the clock hold the event loop, unless they are let go', () => {
  const timers = { ref: 0, unref: 0 }
  let fire = () => {}
  const timer = { ref: () => timers.ref++, unref: () => timers.unref++ } as unknown as NodeJS.Timeout
  const clock = createSystemClock({
    setTimeout: (fn) => {
      fire = fn
      return timer
    },
    clearTimeout: () => {},
    setImmediate,
    clearImmediate,
    elapsed: () => 0,
  })
  clock.after(0, () => {})
  clock.holdLoop(false)
  expect(timers).toEqual({ ref: 0, unref: 1 })
  clock.holdLoop(true)
  expect(timers).toEqual({ ref: 1, unref: 1 })
  fire()
  clock.holdLoop(false)
  const cancel = clock.after(0, () => {})
  cancel()
  clock.holdLoop(true)
  expect(timers).toEqual({ ref: 1, unref: 2 })
})
