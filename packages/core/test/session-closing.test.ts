import { EventEmitter } from 'node:events'
import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createSessionClosing } from '../src/http2/session-closing.js'
import { createSessionTracker, type Session } from '../src/http2/sessions.js'
import { createFakeClock } from '../src/testing/fake-clock.js'

/** A connection that is flushed at once, and whose client never hangs up. */
class SilentConnection extends EventEmitter {
  bytesRead = 100
  writableFinished = false
  destroy() {
    this.emit('close')
  }
}

function bench() {
  const clock = createFakeClock()
  const sessions = createSessionTracker(clock.now)
  const busy = new Set<Session>()
  const closing = createSessionClosing(clock, sessions, (session) => busy.has(session))
  sessions.sessionEnded = closing.ended
  const askedAt: number[] = []

  const connect = () => {
    const socket = new SilentConnection()
    const session = {
      socket,
      closed: false,
      close() {
        askedAt.push(clock.now())
        queueMicrotask(() => socket.emit('finish'))
      },
      destroy() {},
    }
    const record = sessions.accept(session as unknown as ServerHttp2Session)
    record.worked = true
    return { record, socket: socket as SilentConnection & Socket }
  }

  return { clock, sessions, closing, busy, askedAt, connect }
}

describe('closing sessions', () => {
  test('few are asked in one turn', async () => {
    const { clock, closing, askedAt, connect } = bench()
    for (let number = 0; number < 10; number++) connect()
    closing.askAll(5000)
    await clock.advance(0)
    expect(askedAt).toEqual(Array.from({ length: 10 }, () => 0))
  })

  test('one whose methods fail, because somebody has replaced them, ends all the same, and keeps no other', async () => {
    const { clock, closing, sessions, askedAt, connect } = bench()
    const refuse = () => {
      throw new Error('not me')
    }
    for (const { record } of [connect(), connect()])
      Object.assign(record.session, { close: refuse, destroy: refuse })
    connect()
    closing.askAll(5000)
    await clock.advance(0)
    expect([askedAt, sessions.size]).toEqual([[0], 1])
    Object.assign(connect().record.session, { destroy: refuse })
    const isOver = closing.cut(() => {}).then(() => true)
    await clock.advance(1000)
    expect([await isOver, sessions.size]).toEqual([true, 0])
  })

  for (const [count, patience, longest] of [
    [100, 5000, 200],
    [5000, 5000, 2000],
    [5000, 300, 600],
  ] as const) {
    test(`${count} are asked a few at a time, within ${longest} ms if there are ${patience}`, async () => {
      const { clock, closing, askedAt, connect } = bench()
      for (let number = 0; number < count; number++) connect()
      closing.askAll(patience)
      await clock.advance(longest)
      expect(askedAt.length).toBe(count)
      const moments = new Map<number, number>()
      for (const at of askedAt) moments.set(at, (moments.get(at) ?? 0) + 1)
      expect(moments.size).toBeGreaterThan(8)
      expect(Math.max(...moments.values())).toBeLessThanOrEqual(
        Math.max(10, Math.ceil((count * 10) / Math.min(patience, 1000))),
      )
    })
  }

  test('without patience all are asked in as few turns as do not block', async () => {
    const { clock, closing, askedAt, connect } = bench()
    for (let number = 0; number < 500; number++) connect()
    closing.askAll(0)
    await clock.advance(0)
    expect(askedAt.length).toBe(500)
  })

  test('each is asked once, however often and by whatever way it is its turn', async () => {
    const { clock, closing, busy, askedAt, connect } = bench()
    const { record } = connect()
    closing.askAll(1000)
    busy.add(record)
    closing.workChanged(record)
    void closing.closeIdle()
    await clock.advance(2000)
    expect(askedAt.length).toBe(1)
  })

  test('a session that is new gets its patience, or until its first stream', async () => {
    const { clock, closing, busy, askedAt, connect } = bench()
    const [first, second] = [connect(), connect()]
    for (const { record } of [first, second]) record.worked = false
    closing.askAll(1000)
    await clock.advance(400)
    expect(askedAt).toEqual([])
    busy.add(first.record)
    closing.workChanged(first.record)
    await clock.advance(1000)
    expect(askedAt).toEqual([400, 1000])
  })

  test('a client that does not hang up is hung up on: soon, or in five seconds if it may still be reading', async () => {
    const { clock, closing, sessions, connect } = bench()
    const [idle, reading] = [connect(), connect()]
    await clock.advance(60_000)
    reading.record.quietSince = clock.now()
    closing.askAll(0)
    const gone = closing.closeIdle()
    await clock.advance(100)
    expect([...sessions]).toEqual([reading.record])
    expect(idle.record.ended).toBe(true)
    await clock.advance(4900)
    expect(sessions.size).toBe(0)
    await gone
    expect(closing.counts).toEqual({ session: 2 })
  })

  test('at the cutoff work is ended, and who does not hang up then is hung up on', async () => {
    const { clock, closing, sessions, busy, connect } = bench()
    const [working, idle] = [connect(), connect()]
    busy.add(working.record)
    const ended: Session[] = []
    const gone = closing.cut((session) => void ended.push(session))
    await clock.advance(50)
    expect(ended).toEqual([working.record, idle.record])
    expect(sessions.size).toBe(2)
    await clock.advance(60)
    await gone
    expect(closing.counts).toEqual({ cut: 1, session: 1 })
  })
})
