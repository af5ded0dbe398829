import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createClosing } from '../src/http/closing.js'
import { createConnectionTracker } from '../src/http/connections.js'
import { createLeftOut } from '../src/http/left-out.js'
import { createFakeClock } from '../src/testing/index.js'

/** A connection that was served, whose client hangs up as soon as the server has. */
class Idle extends Duplex {
  bytesRead = 1
  override _read() {}
  override _final(done: () => void) {
    done()
    this.push(null)
    this.resume()
  }
}

/** Idle connections that are to be closed; each turn of the event loop takes 1 ms. */
function closing(...sockets: Duplex[]) {
  const clock = createFakeClock()
  clock.nextTurn = (fn) => clock.after(1, fn)
  const connections = createConnectionTracker(clock.now, () => true)
  const leftOut = createLeftOut(clock, connections, () => {})
  const made = createClosing(clock, connections, () => false, leftOut)
  connections.connectionEnded = made.ended
  for (const socket of sockets) connections.accept(socket as Socket)
  return { ...made, clock, counts: made.counts }
}

const many = (count: number) => Array.from({ length: count }, () => new Idle())

describe('idle connections that are closed one by one', () => {
  test('take no time when their clients hang up by themselves meanwhile', async () => {
    const [first = new Idle(), ...others] = many(400)
    first.once('finish', () => {
      for (const other of others) other.destroy()
    })
    const { clock, counts, closeIdle } = closing(first, ...others)
    const closedAt = closeIdle().then(clock.now)
    await clock.advance(10_000)
    expect(await closedAt).toBeLessThan(10)
    expect(counts).toEqual({ idle: 1, 'by-client': 399 })
  })

  test('take no longer where their clients are far away', async () => {
    const sockets = many(4000)
    const { clock, counts, closeIdle } = closing(...sockets)
    // Each takes 0.03 ms of a turn, and its client hangs up 90 ms later.
    let spent = 0
    const { now } = clock
    clock.now = () => now() + spent
    for (const socket of sockets) {
      socket._final = (done) => {
        spent += 0.03
        done()
        clock.after(90, () => void socket.push(null))
        socket.resume()
      }
    }
    const closedAt = closeIdle().then(clock.now)
    await clock.advance(5000)
    expect(counts).toEqual({ idle: 4000 })
    expect(await closedAt).toBeLessThan(1000)
  })

  test('are closed all the same where somebody has a say in how one of them ends, and fails', async () => {
    const refuse = () => {
      throw new Error('not me')
    }
    const [first = new Idle(), second = new Idle(), third = new Idle(), fourth = new Idle()] = many(4)
    Object.assign(second, { end: refuse })
    Object.assign(third, { destroy: refuse, _final: (done: () => void) => done() })
    Object.assign(fourth, { end: refuse, destroy: refuse })
    const { clock, counts, closeIdle } = closing(first, second, third, fourth)
    const closedAt = closeIdle().then(clock.now)
    await clock.advance(1000)
    expect(await closedAt).toBeLessThan(200)
    expect(counts).toEqual({ idle: 4 })
  })

  test('are gone when they have closed, whoever has taken the listeners off them', async () => {
    const [socket = new Idle()] = many(1)
    const { clock, counts, closeIdle } = closing(socket)
    socket.removeAllListeners('close')
    const closedAt = closeIdle().then(clock.now)
    await clock.advance(1000)
    expect(await closedAt).toBeLessThan(200)
    expect(counts).toEqual({ idle: 1 })
  })

  test('are cut at the end, each on its own', async () => {
    const [first = new Idle(), second = new Idle()] = many(2)
    Object.assign(first, {
      destroy() {
        throw new Error('not me')
      },
    })
    const { clock, cut } = closing(first, second)
    const isOver = cut().then(() => true)
    await clock.advance(1000)
    expect([await isOver, first.destroyed, second.destroyed]).toEqual([true, true, true])
  })
})
