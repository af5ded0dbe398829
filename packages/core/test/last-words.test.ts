import { describe, expect, test } from 'vitest'
import { type SpeakingProcess, sayLastWords } from '../src/process/last-words.js'
import { createFakeClock } from '../src/testing/index.js'

const minute = 60_000

function bench(over: Partial<SpeakingProcess> = {}) {
  const clock = createFakeClock()
  const log: string[] = []
  const host: SpeakingProcess = {
    applicationExitCode: () => 0,
    unwritten: () => 0,
    written: async () => {},
    beforeExit: async (code) => {
      log.push(`beforeExit ${code}`)
      return true
    },
    activity: () => new Map(),
    ...over,
  }
  let isOver = false
  const say = (words: Partial<Parameters<typeof sayLastWords>[3]> = {}) =>
    void sayLastWords(host, clock, minute, {
      flush: async () => void log.push('flush'),
      beforeExit: () => 3,
      ...words,
    }).then(() => {
      isOver = true
    })
  return { clock, log, say, isOver: () => isOver }
}

describe('the last words', () => {
  test('are the loggers, beforeExit, and the loggers again', async () => {
    const { clock, log, say, isOver } = bench()
    say()
    await clock.advance(100)
    expect(isOver()).toBe(true)
    expect(log).toEqual(['flush', 'beforeExit 3', 'flush'])
  })

  test('are the loggers alone after a crash, and where nobody listens', async () => {
    const crashed = bench()
    crashed.say({ beforeExit: undefined })
    const silent = bench({ beforeExit: async () => false })
    silent.say()
    await Promise.all([crashed.clock.advance(0), silent.clock.advance(0)])
    expect([crashed.isOver(), silent.isOver()]).toEqual([true, true])
    expect([crashed.log, silent.log]).toEqual([['flush'], ['flush']])
  })

  test('last as long as output moves, and five seconds without', async () => {
    let left = 1000
    const { clock, say, isOver } = bench({
      unwritten: () => left,
      written: () => new Promise(() => {}),
      beforeExit: async () => false,
    })
    say()
    for (let second = 0; second < 20; second++) {
      await clock.advance(1000)
      left--
    }
    expect(isOver()).toBe(false)
    await clock.advance(4900)
    expect(isOver()).toBe(false)
    await clock.advance(200)
    expect(isOver()).toBe(true)
  })

  test('are over when all is written', async () => {
    const { clock, say, isOver } = bench({ unwritten: () => 1, beforeExit: async () => false })
    say()
    await clock.advance(100)
    expect(isOver()).toBe(true)
  })

  test('wait for files that are being written, and five seconds at most', async () => {
    const activity = new Map([['FSReqCallback', 1]])
    const { clock, log, say, isOver } = bench({ activity: () => activity })
    say()
    await clock.advance(4000)
    expect(log).toEqual(['flush'])
    activity.clear()
    await clock.advance(200)
    expect(isOver()).toBe(true)
    const pipe = bench({ activity: () => new Map([['FSReqCallback', 1]]), beforeExit: async () => false })
    pipe.say()
    await pipe.clock.advance(4900)
    expect(pipe.isOver()).toBe(false)
    await pipe.clock.advance(200)
    expect(pipe.isOver()).toBe(true)
  })

  test('wait for what beforeExit has begun, and for what that begins', async () => {
    let requests = 0
    const { clock, say, isOver } = bench({
      activity: () => new Map([['TCPSocketWrap', 1 + requests]]),
      beforeExit: async () => {
        requests = 1
        return true
      },
    })
    say()
    await clock.advance(10_000)
    expect(isOver()).toBe(false)
    requests = 0
    await clock.advance(30)
    requests = 1
    await clock.advance(1000)
    expect(isOver()).toBe(false)
    requests = 0
    await clock.advance(200)
    expect(isOver()).toBe(true)
  })

  test('end at their time, whatever hangs; a logger that fails or never tells holds nothing up', async () => {
    const hangs = bench({ activity: () => new Map(), beforeExit: () => new Promise(() => {}) })
    hangs.say()
    await hangs.clock.advance(minute - 1)
    expect(hangs.isOver()).toBe(false)
    await hangs.clock.advance(1)
    expect(hangs.isOver()).toBe(true)
    const fails = bench({ beforeExit: async () => false })
    fails.say({ flush: () => Promise.reject(new Error('disk full')) })
    const mute = bench({ beforeExit: async () => false })
    mute.say({ flush: () => new Promise(() => {}), patience: 250 })
    await Promise.all([fails.clock.advance(0), mute.clock.advance(250)])
    expect([fails.isOver(), mute.isOver()]).toEqual([true, true])
  })
})
