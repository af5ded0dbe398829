import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createArrivals } from '../src/http/arrivals.js'
import { acceptQuietly } from '../src/http/quiet-accept.js'
import { createFakeClock } from '../src/testing/index.js'

/**
 * A server that nobody has come to for a minute, whose listener is to be closed.
 *
 * @param turn how long each turn of the event loop takes, in which one connection is accepted; 0: none, and no time
 */
function closing(turn = 0) {
  const clock = createFakeClock(60_000)
  const nextTurn = clock.nextTurn
  if (turn > 0) {
    clock.nextTurn = (fn) =>
      clock.after(turn, () => {
        arrive()
        nextTurn(fn)
      })
  }
  const arrivals = createArrivals(clock)
  const seen: { closedAt?: number } = {}
  void acceptQuietly(clock, arrivals).then(() => (seen.closedAt = clock.now() - 60_000))
  const arrive = () => arrivals.arrive(new Socket())
  return { clock, seen, arrive }
}

test('a calm before requests are held says nothing: the clients whose answers have just gone are waited for', async () => {
  const { clock, seen } = closing()
  await clock.advance(9)
  expect(seen.closedAt).toBeUndefined()
  await clock.advance(1)
  expect(seen.closedAt).toBe(10)
})

test('every new connection is followed by a calm of its own', async () => {
  const { clock, seen, arrive } = closing()
  for (let time = 0; time < 100; time += 5) {
    await clock.advance(5)
    arrive()
  }
  expect(seen.closedAt).toBeUndefined()
  await clock.advance(1000)
  expect(seen.closedAt).toBe(110)
})

test('nobody is held up for longer than 400 ms by others who keep coming', async () => {
  const { clock, seen, arrive } = closing()
  for (let time = 0; time < 1000; time += 5) {
    await clock.advance(5)
    arrive()
  }
  expect(seen.closedAt).toBe(400)
})

test('as many as may have waited in the queue are let in, although each takes long; then it closes, whoever comes', async () => {
  const { clock, seen } = closing(2)
  await clock.advance(900)
  expect(seen.closedAt).toBeUndefined()
  await clock.advance(300)
  expect(seen.closedAt).toBe(10 + 2 * 511)
})

test('nobody is held up longer than two seconds by those who waited', async () => {
  const { clock, seen } = closing(100)
  await clock.advance(3000)
  expect(seen.closedAt).toBe(2010)
})
