import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../src/testing/index.js'
import { type Client, createClientList } from '../src/websocket/client-list.js'

/** A list with clients that answer `answer` milliseconds after they are told, or never. */
function listed(
  count: number,
  {
    answer,
    behind = () => false,
    needsConnections = false,
  }: { answer?: number; behind?: () => boolean; needsConnections?: boolean } = {},
) {
  const clock = createFakeClock()
  const list = createClientList('websocket', clock)
  const told: number[] = []
  const terminated: number[] = []
  const arrivals: number[] = []
  const join = () => {
    const client: Client = {
      kind: 'websocket',
      isBehind: behind,
      needsConnections: () => needsConnections,
      tellToGo() {
        told.push(clock.now())
        if (answer !== undefined) clock.after(answer, () => list.left(client))
      },
      terminate() {
        terminated.push(clock.now())
        list.left(client)
      },
    }
    list.joined(client)
    return client
  }
  const clients = Array.from({ length: count }, join)
  const watcher = { changed() {}, arrived: () => arrivals.push(clock.now()), rejectLate: false }
  return { clock, list, told, terminated, arrivals, join, clients, watcher }
}

describe('the clients of a WebSocket server', () => {
  test('are told to go one after the other, 2 ms apart', async () => {
    const { clock, list, told, watcher } = listed(100, { answer: 10 })
    list.announce(watcher)
    await list.stopAccepting(5000)
    await clock.advance(1000)
    expect(told).toHaveLength(100)
    for (const [i, at] of told.entries()) expect(Math.floor(at / 2)).toBe(i)
    expect(list).toMatchObject({ connections: 0, closed: { websocket: 100 } })
  })

  test.each([
    { patience: 5000, spread: 5000 },
    { patience: 3000, spread: 3000 },
    { patience: 0, spread: 1000 },
  ])(
    'are told within $spread ms, however many there are, where the patience is $patience ms',
    async ({ patience, spread }) => {
      const { clock, list, told, watcher } = listed(4000, { answer: 10 })
      list.announce(watcher)
      await list.stopAccepting(patience)
      await clock.advance(spread - 1)
      expect(told.length).toBeGreaterThan(3990)
      expect(told.filter((at) => at < spread / 2).length).toBeCloseTo(2000, -2)
      await clock.advance(1)
      expect(told).toHaveLength(4000)
    },
  )

  test.each([
    { patience: 5000, time: 5000 },
    { patience: 0, time: 1000 },
  ])('that never answer are terminated after $time ms', async ({ patience, time }) => {
    const { clock, list, told, terminated, watcher } = listed(1)
    list.announce(watcher)
    await list.stopAccepting(patience)
    const idle = list.closeIdle()
    await clock.advance(2 + time)
    expect(terminated).toEqual([(told[0] ?? 0) + time])
    await idle
    expect(list).toMatchObject({ connections: 0, closed: { websocket: 1 } })
    expect(clock.pending).toBe(0)
  })

  test('are not terminated while messages for them wait', async () => {
    let isBehind = true
    const { clock, list, terminated, watcher } = listed(1, { behind: () => isBehind })
    list.announce(watcher)
    await list.stopAccepting(1000)
    await clock.advance(20_000)
    expect(terminated).toEqual([])
    isBehind = false
    await clock.advance(1000)
    expect(terminated).toHaveLength(1)
  })

  test('that answer in time are not terminated', async () => {
    const { clock, list, terminated, watcher } = listed(3, { answer: 999 })
    list.announce(watcher)
    await list.stopAccepting(0)
    await clock.advance(10_000)
    expect(terminated).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('that leave before they are told are not told', async () => {
    const { clock, list, told, clients, watcher } = listed(2)
    list.announce(watcher)
    await list.stopAccepting(0)
    list.left(clients[1] as Client)
    await clock.advance(100)
    expect(told).toHaveLength(1)
  })

  test('that come in the window are welcome, and a sign of traffic; later they are told to go at once', async () => {
    const { clock, list, told, arrivals, join, watcher } = listed(0)
    join()
    list.announce(watcher)
    expect(arrivals).toEqual([])
    await clock.advance(100)
    join()
    expect({ arrivals, told }).toEqual({ arrivals: [100], told: [] })
    await list.stopAccepting(0)
    await clock.advance(100)
    told.length = 0
    join()
    expect(told).toEqual([200])
  })

  test('that need further connections are told before the listeners close, which wait for them', async () => {
    const { clock, list, told, terminated, join, watcher } = listed(10, {
      answer: 50,
      needsConnections: true,
    })
    list.announce(watcher)
    let mayClose = false
    const told10 = list.beforeClosing?.(0).then(() => {
      mayClose = true
    })
    await clock.advance(20)
    expect({ told: told.length, mayClose }).toEqual({ told: 10, mayClose: false })
    join()
    expect(told).toHaveLength(11)
    await clock.advance(50)
    await told10
    await list.stopAccepting(0)
    await clock.advance(2000)
    expect({ told: told.length, terminated, connections: list.connections }).toEqual({
      told: 11,
      terminated: [],
      connections: 0,
    })
  })

  test('that need further connections and are not heard of hold the listeners for a second', async () => {
    const { clock, list, told, watcher } = listed(1, { needsConnections: true, behind: () => true })
    list.announce(watcher)
    let mayClose = false
    void list.beforeClosing?.(5000).then(() => {
      mayClose = true
    })
    await clock.advance(999)
    expect(mayClose).toBe(false)
    await clock.advance(3)
    expect(mayClose).toBe(true)
    await list.stopAccepting(5000)
    await clock.advance(10)
    expect(told).toHaveLength(1)
  })

  test('that need none are told afterwards, and nothing waits for them', async () => {
    const { clock, list, told, watcher } = listed(2)
    list.announce(watcher)
    await list.beforeClosing?.(5000)
    await clock.advance(100)
    expect(told).toEqual([])
  })

  test('that are cut hold the listeners no longer', async () => {
    const { clock, list, watcher } = listed(1, { needsConnections: true })
    list.announce(watcher)
    const mayClose = list.beforeClosing?.(5000)
    void list.cut()
    await mayClose
    expect(clock.now()).toBe(0)
  })

  test('that turn out to be one with others are not counted, nor is it a sign of traffic', async () => {
    const { list, arrivals, clients, watcher } = listed(1)
    list.announce(watcher)
    const client = clients[0] as Client
    list.merged(client)
    list.joined({ ...client }, false)
    expect(list).toMatchObject({ connections: 1, closed: {} })
    expect(arrivals).toEqual([])
  })

  test('are counted only while draining', () => {
    const { list, clients, watcher } = listed(2)
    list.left(clients[0] as Client)
    list.announce(watcher)
    list.left(clients[1] as Client)
    expect(list.closed).toEqual({ websocket: 1 })
  })

  test('are told and terminated at the cutoff, and none of them is unfinished work', async () => {
    const { clock, list, told, terminated, watcher } = listed(250)
    list.announce(watcher)
    expect(list).toMatchObject({ inFlight: 0, connections: 250 })
    expect(list.unfinished()).toEqual([])
    const over = list.cut()
    await clock.advance(0)
    expect({ told: told.length, terminated: terminated.length }).toEqual({ told: 250, terminated: 0 })
    await clock.advance(100)
    expect(terminated).toHaveLength(250)
    await over
    expect(list).toMatchObject({ connections: 0, closed: { websocket: 250 } })
  })
})
