import { isMainThread } from 'node:worker_threads'
import { describe, expect, test, vi } from 'vitest'
import { createLifecycle } from '../src/index.js'
import { processCoordinator } from '../src/process/this-process.js'

describe('the coordinator of this process', () => {
  test('is one for every copy of the library', () => {
    const holder = globalThis as { [key: symbol]: unknown }
    expect(processCoordinator()).toBe(processCoordinator())
    expect(holder[Symbol.for('lameduck.coordinator.v1')]).toBe(processCoordinator())
  })

  test.runIf(isMainThread && process.send)('talks to PM2, whose channel holds nobody', async () => {
    const sent = vi.spyOn(process, 'send').mockReturnValue(true)
    const released = vi.spyOn(process.channel as { unref(): void }, 'unref').mockReturnValue()
    vi.stubEnv('pm_id', '0')
    const lifecycle = createLifecycle({ signals: ['SIGUSR2'], crash: false, logger: false })
    vi.unstubAllEnvs()
    await lifecycle.ready()
    expect(sent).toHaveBeenCalledWith('ready', undefined, undefined, expect.any(Function))
    // Until then a cluster's worker may wait for its parent's word.
    expect(released).not.toHaveBeenCalled()
    await lifecycle.stop()
    expect(released).toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  test.runIf(isMainThread && process.send)('counts for nothing on the channel while it listens', async () => {
    const channel = process.channel as unknown as { refCounted(): void; unrefCounted(): void }
    const changes: number[] = []
    vi.spyOn(channel, 'refCounted').mockImplementation(() => void changes.push(1))
    vi.spyOn(channel, 'unrefCounted').mockImplementation(() => void changes.push(-1))
    vi.spyOn(process.channel as { unref(): void }, 'unref').mockReturnValue()
    vi.stubEnv('pm_id', '0')
    const lifecycle = createLifecycle({ signals: ['SIGUSR2'], crash: false, logger: false })
    vi.unstubAllEnvs()
    expect(changes).toEqual([1, -1])
    await lifecycle.stop()
    expect(changes).toEqual([1, -1, 1, -1])
    vi.restoreAllMocks()
  })

  // A worker thread's coordinator is deaf: some runners work in one.
  test.runIf(isMainThread)('listens to the process while there is a lifecycle, and exits it', async () => {
    const before = process.listenerCount('SIGUSR2')
    const options = { signals: ['SIGUSR2'], crash: false, logger: false, platform: 'terminal' } as const
    const stopped = createLifecycle(options)
    expect(process.listenerCount('SIGUSR2')).toBe(before + 1)
    await stopped.stop()
    expect(process.listenerCount('SIGUSR2')).toBe(before)

    createLifecycle(options)
    const { exit } = process
    const exited = new Promise((resolve) => {
      process.exit = ((code: number) => resolve(code)) as typeof process.exit
    })
    process.emit('SIGUSR2', 'SIGUSR2')
    expect(await exited).toBe(0)
    process.exit = exit
  })
})
