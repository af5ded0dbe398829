import { isMainThread } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { createSystemClock } from '../src/clock.js'
import { ownListeners } from '../src/process/own-listeners.js'
import { ownSignals } from '../src/process/signals.js'
import { replaceMethod } from '../src/replace-method.js'

const undo: (() => void)[] = []
const later = (fn: () => void) => void undo.push(fn)
afterEach(() => {
  for (const each of undo.splice(0).reverse()) each()
})

const listens = (event: string, listener: (...args: unknown[]) => void) => {
  process.on(event, listener)
  later(() => process.off(event, listener))
}

describe('listeners of this process', () => {
  test('are taken away all at once by others, but for ours', () => {
    const [ours, theirs] = [() => {}, () => {}]
    ownListeners.add('SIGUSR2', ours)
    later(() => ownListeners.remove('SIGUSR2', ours))
    listens('SIGUSR2', theirs)
    listens('lameduck test', theirs)
    process.removeAllListeners('SIGUSR2')
    expect(process.listenerCount('lameduck test')).toBe(1)
    expect(process.removeAllListeners('lameduck test')).toBe(process)
    expect(process.removeAllListeners(undefined)).toBe(process)
    expect([process.rawListeners('SIGUSR2'), process.listenerCount('lameduck test')]).toEqual([[ours], 0])
  })

  test('of ours stay until we take away the last', () => {
    const [first, second, third] = [() => {}, () => {}, () => {}]
    for (const each of [first, second]) ownListeners.add('SIGUSR2', each)
    ownListeners.remove('SIGUSR2', first)
    ownListeners.remove('SIGUSR2', third)
    process.removeAllListeners('SIGUSR2')
    const left = process.rawListeners('SIGUSR2')
    ownListeners.remove('SIGUSR2', second)
    expect([left, process.listenerCount('SIGUSR2')]).toEqual([[second], 0])
    expect(Object.hasOwn(process, 'removeAllListeners')).toBe(false)
  })

  test('that are called as Node’s, or nearly so, are as good as any', () => {
    const ours = () => {}
    ownListeners.add('SIGUSR2', ours)
    later(() => ownListeners.remove('SIGUSR2', ours))
    const before = process.rawListeners('newListener' as 'exit')
    listens('lameduck test', function startListeningIfSignal() {})
    listens('newListener', function restartListeningIfSignal() {})
    listens('newListener', function startListeningIfSignals() {})
    process.removeAllListeners('lameduck test')
    process.removeAllListeners('newListener')
    const left = process.rawListeners('newListener' as 'exit')
    for (const each of before) if (!left.includes(each)) process.on('newListener', each as () => void)
    expect(process.listenerCount('lameduck test')).toBe(0)
    expect(left.map(({ name }) => name)).not.toContain('restartListeningIfSignal')
    expect(left.map(({ name }) => name)).not.toContain('startListeningIfSignals')
  })

  test('of Node stay, by which it begins and ceases to hear of signals', () => {
    // A worker thread, in which mutants are tested, has none of Node's.
    if (!isMainThread) {
      listens('newListener', function startListeningIfSignal() {})
      listens('removeListener', function stopListeningIfSignal() {})
    }
    const all = process.eventNames().map((event) => [event, process.rawListeners(event)] as const)
    const ours = () => {}
    ownListeners.add('SIGUSR2', ours)
    process.removeAllListeners()
    const left = process.eventNames()
    const nodes = process.listeners('newListener' as 'exit').map(({ name }) => name)
    process.removeAllListeners('newListener')
    const still = process.listeners('newListener' as 'exit').map(({ name }) => name)
    for (const [event, listeners] of all) {
      for (const listener of listeners) {
        if (!process.rawListeners(event).includes(listener)) process.on(event, listener as () => void)
      }
    }
    ownListeners.remove('SIGUSR2', ours)
    expect(left.toSorted()).toEqual(['SIGUSR2', 'newListener', 'removeListener'])
    expect(nodes).toContain('startListeningIfSignal')
    expect(still).toEqual(nodes)
    expect(Object.hasOwn(process, 'removeAllListeners')).toBe(false)
  })
})

describe('methods of this process', () => {
  const around = () =>
    replaceMethod(
      process,
      'lameduckTest',
      (original) =>
        (...args) =>
          `ours ${original(...args)}`,
    )
  const call = () => (process as unknown as { lameduckTest: (text: string) => unknown }).lameduckTest('it')
  const define = (descriptor: PropertyDescriptor) =>
    Object.defineProperty(process, 'lameduckTest', { configurable: true, ...descriptor })
  const theirs = (text: string) => `theirs ${text}`

  test('are replaced where they are accessors, too, and these are given back', () => {
    define({ get: () => theirs })
    const giveBack = around()
    expect(call()).toBe('ours theirs it')
    giveBack()
    expect(call()).toBe('theirs it')
    expect(Object.getOwnPropertyDescriptor(process, 'lameduckTest')).toHaveProperty('get')
  })

  test('that have gone to somebody meanwhile are what they were before, and what is put around them stays', () => {
    define({ value: theirs, writable: true })
    later(() => Reflect.deleteProperty(process, 'lameduckTest'))
    const giveBack = around()
    const { lameduckTest } = process as unknown as { lameduckTest: (text: string) => string }
    Object.assign(process, { lameduckTest: (text: string) => `around ${lameduckTest(text)}` })
    expect(call()).toBe('around ours theirs it')
    giveBack()
    expect(call()).toBe('around theirs it')
  })

  test('leave nothing behind where they were inherited, or somebody has taken them away', () => {
    const inherited = around()
    expect(Object.keys(process)).not.toContain('lameduckTest')
    inherited()
    expect('lameduckTest' in process).toBe(false)
    const gone = around()
    Reflect.deleteProperty(process, 'lameduckTest')
    gone()
    expect('lameduckTest' in process).toBe(false)
  })

  test('stay as they are where the process is hardened, by halves or wholly', () => {
    define({ value: theirs, writable: true, configurable: false })
    const giveBack = around()
    expect(call()).toBe('ours theirs it')
    giveBack()
    expect(call()).toBe('theirs it')
    Object.defineProperty(process, 'lameduckTest', { writable: false })
    around()()
    expect(call()).toBe('theirs it')
  })
})

describe('signals of this process', () => {
  test('that come by hand in the same tick come after what was to be done soon', () => {
    const order: string[] = []
    listens('SIGUSR2', () => order.push('heard'))
    ownSignals.soon(() => order.push('done'))
    process.emit('lameduck test' as 'SIGUSR2', 'SIGUSR2')
    process.emit('SIGUSR2', 'SIGUSR2')
    expect(order.slice(-2)).toEqual(['done', 'heard'])
  })

  test('to itself are held by name, however they are sent, and so are exits', () => {
    const held: unknown[] = []
    const raw = process as unknown as Record<'exit' | 'reallyExit', (code: number) => void>
    const { kill } = process
    const { reallyExit } = raw
    const hold = (what: unknown) => {
      held.push(what)
      return true
    }
    const letGo = [ownSignals.holdKill(hold), ownSignals.holdExit(hold)]
    raw.exit(7)
    process.exitCode = 8
    raw.reallyExit(8)
    const { exitCode } = process
    process.kill(process.pid)
    kill(process.pid, 'SIGKILL')
    process.kill(process.pid, 2)
    expect(process.kill(process.pid, 0)).toBe(true)
    for (const each of letGo) each()
    expect([held, exitCode]).toEqual([[7, 8, 'SIGTERM', 'SIGKILL', 'SIGINT'], undefined])
    expect(raw.reallyExit).toBe(reallyExit)
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

  test('the end of the event loop is told of where somebody has put back an `emit` from before', () => {
    const told: string[] = []
    const { emit } = process
    const had = Object.hasOwn(process, 'emit')
    ownSignals.whenIdle(() => told.push('ours'))
    process.emit = emit
    later(() => void (had || Reflect.deleteProperty(process, 'emit')))
    process.emit('beforeExit', 0)
    process.emit('beforeExit', 0)
    expect(told).toEqual(['ours'])
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
