import { afterEach, describe, expect, test, vi } from 'vitest'
import { exitCodeOf, exitNow, holdExit, watchErrors } from '../src/process/uncaught.js'

const { exit } = process
/** The test runner may have one of its own. */
const emitter = Object.getOwnPropertyDescriptor(process, 'emit')
afterEach(() => {
  if (emitter === undefined) Reflect.deleteProperty(process, 'emit')
  else Object.defineProperty(process, 'emit', emitter)
  process.exit = exit
  process.exitCode = undefined
})

const raise = (error: unknown) => {
  process.emit('uncaughtExceptionMonitor' as 'uncaughtException', error as Error)
  return process.emit('uncaughtException', error as Error)
}

describe('the watch over errors', () => {
  test('hears of them before the listeners, unseen by them, and keeps from them what it deals with', () => {
    const [heard, others] = [[] as unknown[], vi.fn()]
    const listeners = process.rawListeners('uncaughtException')
    const stop = watchErrors((event, error) => {
      heard.push([event, error])
      return true
    })
    expect(process.rawListeners('uncaughtException')).toEqual(listeners)
    process.on('uncaughtException', others)
    const error = new Error('bug')
    expect(raise(error)).toBe(true)
    expect(process.emit('unhandledRejection', error, Promise.resolve())).toBe(true)
    process.off('uncaughtException', others)
    stop()
    expect(heard).toEqual([
      ['uncaughtException', error],
      ['unhandledRejection', error],
    ])
    expect(others).not.toHaveBeenCalled()
    expect(Object.getOwnPropertyDescriptor(process, 'emit')).toEqual(emitter)
  })

  test('lets other events by, and what it does not deal with', () => {
    const stop = watchErrors(() => false)
    const [seen, other] = [vi.fn(), vi.fn()]
    // The test runner's own.
    const listeners = process.rawListeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.once('unhandledRejection', seen)
    process.once('lameduck-test' as 'exit', other)
    process.emit('unhandledRejection', 'reason', Promise.resolve())
    process.emit('lameduck-test' as 'exit', 3)
    for (const listener of listeners) process.on('unhandledRejection', listener as () => void)
    stop()
    expect(seen).toHaveBeenCalledTimes(1)
    expect(other).toHaveBeenCalledWith(3)
  })

  test('is silent where a capture callback wins', () => {
    const watch = vi.fn(() => true)
    const has = vi.spyOn(process, 'hasUncaughtExceptionCaptureCallback').mockReturnValue(true)
    const stop = watchErrors(watch)
    process.emit('uncaughtExceptionMonitor' as 'uncaughtException', new Error('bug'))
    has.mockRestore()
    stop()
    expect(watch).not.toHaveBeenCalled()
  })

  test('leaves an emit alone that somebody has put around it, or had before', () => {
    const own = vi.fn(() => true)
    Object.defineProperty(process, 'emit', { value: own, configurable: true, writable: true })
    const stop = watchErrors(() => false)
    process.emit('lameduck-test' as 'exit', 1)
    expect(own).toHaveBeenLastCalledWith('lameduck-test', 1)
    stop()
    expect(process.emit).toBe(own)
    const again = watchErrors(() => false)
    const around = vi.fn(() => true)
    process.emit = around as never
    again()
    expect(process.emit).toBe(around)
  })
})

/** `process.exit`, whatever stands there. */
const leave = (...code: [unknown?]): void => Reflect.apply(process.exit, process, code)

describe('the exit', () => {
  test('is asked for, and held; ours is not', () => {
    const exits: unknown[] = []
    const fake = (code?: unknown) => void exits.push(code)
    process.exit = fake as typeof exit
    const held: number[] = []
    let holds = true
    const release = holdExit((code) => {
      held.push(code)
      return holds
    })
    process.exitCode = 5
    leave()
    leave(7)
    expect(held).toEqual([5, 7])
    for (const code of ['a text', '', true, {}, 1.5, Number.NaN]) {
      // As Node says it, and nobody has exited.
      expect(() => leave(code)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }))
    }
    expect(process.exitCode).toBe(5)
    expect(held).toEqual([5, 7])
    leave('7')
    expect(held.splice(2)).toEqual([7])
    expect(exits).toEqual([])
    exitNow(3)
    expect(exits).toEqual([3])
    holds = false
    leave(9)
    expect(exits).toEqual([3, 9])
    release()
    expect(process.exit).toBe(fake)
    const around = (() => {}) as unknown as typeof exit
    const again = holdExit(() => true)
    process.exit = around
    again()
    expect(process.exit).toBe(around)
  })

  test('has a code, whatever was given', () => {
    expect([exitCodeOf(2), exitCodeOf('3'), exitCodeOf(null), exitCodeOf('x')]).toEqual([2, 3, 0, 0])
    process.exitCode = 4
    expect(exitCodeOf()).toBe(4)
  })
})
