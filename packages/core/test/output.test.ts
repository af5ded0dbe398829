import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ownOutput } from '../src/process/output.js'

const own = Object.getOwnPropertyDescriptors(process)

/** Puts `stream` in the place of standard output; `undefined` is what a closed descriptor comes to, which throws when it is read. */
function withStandardOutput(stream: PassThrough | undefined) {
  const get = () => {
    if (stream === undefined) throw Object.assign(new Error('EBADF'), { code: 'EBADF' })
    return stream
  }
  Object.defineProperty(process, 'stdout', { configurable: true, get })
}

afterEach(() => {
  for (const name of ['stdout', 'getActiveResourcesInfo'] as const) {
    Object.defineProperty(process, name, own[name] as PropertyDescriptor)
  }
  process.exitCode = undefined
})

describe('the output of this process', () => {
  test('is what its streams hold, of the kernel and of their own', async () => {
    const stream = Object.assign(new PassThrough({ highWaterMark: 1 }), { _handle: { writeQueueSize: 7 } })
    withStandardOutput(stream)
    const before = ownOutput.unwritten()
    stream.write('12345678')
    stream.write('1234')
    expect(ownOutput.unwritten() - before).toBeGreaterThanOrEqual(4)
    expect(before).toBeGreaterThanOrEqual(7)
    const written = ownOutput.written()
    stream.resume()
    await written
    expect(ownOutput.unwritten()).toBe(before)
  })

  test('has nothing in a stream that is closed, ended or gone', async () => {
    const ended = new PassThrough().end()
    const destroyed = new PassThrough().destroy()
    for (const stream of [ended, destroyed, undefined]) {
      withStandardOutput(stream)
      expect(ownOutput.unwritten()).toBe(0)
      await ownOutput.written()
    }
  })

  test('is written when its reader has gone', async () => {
    const stream = new PassThrough()
    stream._transform = (_chunk, _encoding, done) =>
      done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }))
    withStandardOutput(stream)
    stream.write('to nobody')
    await ownOutput.written()
    expect(stream.destroyed).toBe(true)
  })

  test('beforeExit is emitted once, when somebody listens', async () => {
    const others = process.listeners('beforeExit')
    process.removeAllListeners('beforeExit')
    try {
      expect(await ownOutput.beforeExit(3)).toBe(false)
      const heard = vi.fn()
      process.once('beforeExit', heard)
      expect(await ownOutput.beforeExit(3)).toBe(true)
      expect(heard.mock.calls).toEqual([[3]])
    } finally {
      for (const listener of others) process.on('beforeExit', listener)
    }
  })

  test('goes with the exit code that the application has set', () => {
    expect(ownOutput.applicationExitCode()).toBe(0)
    process.exitCode = 7
    expect(ownOutput.applicationExitCode()).toBe(7)
  })

  test('what keeps the process alive is counted by kind, where the runtime tells', () => {
    const timer = setTimeout(() => {}, 60_000)
    expect(ownOutput.activity().get('Timeout')).toBeGreaterThan(0)
    clearTimeout(timer)
    Object.assign(process, { getActiveResourcesInfo: undefined })
    expect(ownOutput.activity().size).toBe(0)
  })
})
