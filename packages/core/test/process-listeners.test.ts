import { EventEmitter } from 'node:events'
import { constants } from 'node:os'
import { describe, expect, test, vi } from 'vitest'
import { createProcessListeners, type ForeignHandler } from '../src/process/process-listeners.js'

type Fn = (...args: unknown[]) => void

/** Listeners on a process, what they have heard, and the handlers whose signal has come, which are not called. */
function bench() {
  const emitter = new EventEmitter()
  const due: (() => void)[] = []
  const heard = vi.fn()
  const met: unknown[] = []
  const listeners = createProcessListeners(
    {
      emitter,
      on: (event, listener) => emitter.on(event, listener as Fn),
      off: (event, listener) => emitter.off(event, listener as Fn),
      soon: (fn) => void due.push(fn),
    },
    heard,
    ({ handler }: ForeignHandler) => void met.push(handler),
  )
  const listenTo = (...events: string[]) => listeners.listenTo(new Set(events))
  const soon = () => {
    for (const fn of due.splice(0)) fn()
  }
  const ours = (event: string) => emitter.rawListeners(event)[0] as Fn
  return { emitter, due, heard, met, listeners, listenTo, soon, ours }
}

describe('our listeners on a process', () => {
  test('hear a signal once, whoever else listens, and what others listen to stays as it is', () => {
    const { emitter, due, heard, met, listeners, listenTo, soon } = bench()
    const [early, late, message, other] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
    emitter.on('SIGTERM', early).on('message', message)
    listenTo('SIGTERM', 'message')
    expect(due).toEqual([])
    emitter.on('message', message).on('SIGHUP', other)
    expect(due).toEqual([])
    emitter.on('SIGTERM', late)
    soon()
    emitter.emit('SIGTERM', 'SIGTERM')
    emitter.emit('message', 'hello')
    emitter.emit('SIGHUP')
    expect(heard.mock.calls).toEqual([
      ['SIGTERM', 'SIGTERM'],
      ['message', 'hello'],
    ])
    expect(met).toEqual([early, late])
    expect([early, late, message, other].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 2, 1])
    expect(emitter.rawListeners('message').filter((each) => each === message)).toHaveLength(2)
    expect([listeners.othersOf('SIGTERM'), listeners.othersOf('SIGHUP')]).toEqual([2, 1])
    expect(listeners.foreignHandlers().map(({ handler }) => handler)).toEqual([early, late])
  })

  test('know by where it was registered what was registered since', () => {
    const { emitter, listeners, listenTo } = bench()
    emitter.on('SIGTERM', () => {})
    listenTo('SIGTERM')
    emitter.on('SIGTERM', () => {})
    const [early, late] = listeners.foreignHandlers()
    expect(early?.site).toBeUndefined()
    expect(late?.site).toMatch(/^\S.*process-listeners\.test\.ts:\d+:\d+\)?$/)
    expect(late?.site).not.toMatch(/^at /)
  })

  test('stay where they are while they are wanted, and leave nothing behind', () => {
    const { emitter, listenTo, soon } = bench()
    const theirs = () => {}
    listenTo('SIGTERM')
    emitter.on('SIGTERM', theirs)
    soon()
    const before = emitter.rawListeners('SIGTERM')
    listenTo('SIGTERM', 'SIGINT')
    expect(emitter.rawListeners('SIGTERM')).toEqual(before)
    listenTo('SIGINT')
    expect(emitter.rawListeners('SIGTERM')).toEqual([theirs])
    listenTo()
    expect(emitter.eventNames()).toEqual(['SIGTERM'])
  })

  test('leave nothing behind, either, where somebody has put all listeners aside and back', () => {
    const { emitter, listenTo, ours } = bench()
    listenTo('SIGTERM')
    emitter.on('SIGTERM', ours('SIGTERM'))
    expect(emitter.listenerCount('SIGTERM')).toBe(2)
    listenTo()
    expect(emitter.eventNames()).toEqual([])
  })

  test('are missed by nobody who comes when they have gone', () => {
    const { emitter, listenTo, soon } = bench()
    const theirs = () => {}
    listenTo('SIGTERM')
    emitter.on('SIGTERM', theirs)
    listenTo()
    soon()
    expect(emitter.rawListeners('SIGTERM')).toEqual([theirs])
  })

  test('may have been taken away, by which a signal is heard all the same as soon as there is one other', () => {
    const { emitter, heard, met, listeners, listenTo, soon, ours } = bench()
    const theirs = () => {}
    listenTo('SIGTERM')
    emitter.off('SIGTERM', ours('SIGTERM'))
    expect(listeners.foreignHandlers()).toEqual([])
    emitter.on('SIGTERM', theirs)
    soon()
    emitter.emit('SIGTERM')
    expect([heard.mock.calls, met]).toEqual([[['SIGTERM', 'SIGTERM']], [theirs]])
  })

  test('take no more room than they need, and give it back', () => {
    const { emitter, listenTo, soon } = bench()
    emitter.setMaxListeners(1)
    listenTo('SIGTERM')
    expect(emitter.getMaxListeners()).toBe(1)
    emitter.on('SIGTERM', () => {})
    expect(emitter.getMaxListeners()).toBe(2)
    emitter.setMaxListeners(5)
    soon()
    emitter.on('SIGTERM', () => {})
    expect(emitter.getMaxListeners()).toBe(5)
  })
})

describe('a handler of somebody else', () => {
  test('is called as Node would: on the process, with the name and the number of the signal', () => {
    const { emitter, listeners, listenTo } = bench()
    const theirs = vi.fn()
    emitter.on('SIGTERM', theirs)
    listenTo('SIGTERM')
    listeners.foreignHandlers()[0]?.call()
    expect(theirs.mock.calls).toEqual([['SIGTERM', constants.signals.SIGTERM]])
    expect(theirs.mock.contexts).toEqual([emitter])
  })

  test('that looks like one of once, and is none, stays held back when it has been called', () => {
    const { emitter, met, listeners, listenTo } = bench()
    const known = () => {}
    const theirs = Object.assign(vi.fn(), { listener: known })
    emitter.on('SIGTERM', theirs)
    listenTo('SIGTERM')
    listeners.foreignHandlers()[0]?.call()
    emitter.emit('SIGTERM')
    expect([theirs.mock.calls.length, met]).toEqual([1, [known]])
    listenTo()
    expect(emitter.rawListeners('SIGTERM')).toEqual([theirs])
  })
})
