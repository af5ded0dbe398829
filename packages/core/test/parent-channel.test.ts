import cluster, { type Worker } from 'node:cluster'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  parentMessages,
  releaseChannel,
  tellParent,
  workerDisconnects,
} from '../src/process/parent-channel.js'

const before = (['channel', 'send', 'connected'] as const).map(
  (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
)
const { worker, isWorker } = cluster

/** A channel to a parent that is none: the test runner's own must not notice. */
function pretendChannel(over: object = {}) {
  const channel = { ref: vi.fn(), unref: vi.fn(), refCounted: vi.fn(), unrefCounted: vi.fn(), ...over }
  const send = vi.fn()
  const values = { channel, send, connected: true }
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(process, name, { value, configurable: true, writable: true })
  }
  return { channel, send }
}

afterEach(() => {
  for (const [name, descriptor] of before) {
    if (descriptor === undefined) Reflect.deleteProperty(process, name)
    else Object.defineProperty(process, name, descriptor)
  }
  Object.assign(cluster, { worker, isWorker })
})

describe('the channel to the parent', () => {
  test('is neither held nor let go by listening, and let go at the end', () => {
    const { channel } = pretendChannel()
    const listener = () => {}
    parentMessages.add('message', listener)
    expect(channel.unrefCounted).toHaveBeenCalledTimes(1)
    parentMessages.remove('message', listener)
    expect(channel.refCounted).toHaveBeenCalledTimes(1)
    expect(process.listeners('message')).not.toContain(listener)
    releaseChannel()
    expect(channel.unref).toHaveBeenCalledTimes(1)
    Object.assign(cluster, { isWorker: true })
    parentMessages.add('message', listener)
    expect(channel.ref).toHaveBeenCalledTimes(1)
    parentMessages.remove('message', listener)
  })

  test('may be of a Node that does not count, or not be there', () => {
    pretendChannel({ refCounted: undefined, unrefCounted: undefined })
    const listener = () => {}
    parentMessages.add('message', listener)
    parentMessages.remove('message', listener)
    Object.defineProperty(process, 'channel', { value: undefined, configurable: true, writable: true })
    releaseChannel()
    parentMessages.add('message', listener)
    parentMessages.remove('message', listener)
    expect(process.listeners('message')).not.toContain(listener)
  })

  test('tells the parent, if it listens', () => {
    const { send } = pretendChannel()
    tellParent('ready')
    expect(send).toHaveBeenCalledWith('ready', undefined, undefined, expect.any(Function))
    const [, , , whenGone] = send.mock.calls[0] as [string, undefined, undefined, () => void]
    whenGone()
    Object.defineProperty(process, 'connected', { value: false, configurable: true, writable: true })
    tellParent('again')
    expect(send).toHaveBeenCalledTimes(1)
  })
})

describe('a worker of a cluster', () => {
  function pretendWorker() {
    const { send } = pretendChannel()
    const disconnect = vi.fn(function (this: unknown) {
      return this
    })
    const made = { disconnect, exitedAfterDisconnect: false as boolean | undefined }
    Object.assign(cluster, { worker: made as unknown as Worker })
    return { made, send, disconnect }
  }
  const [told, orphaned] = ['internalMessage', 'disconnect'].map(
    (event) => () => process.listeners(event as 'disconnect')[0] as unknown as (...args: unknown[]) => void,
  ) as [() => (message?: unknown) => void, () => () => void]

  test('tells of its disconnection before its servers close, whoever calls it', () => {
    const { made, send, disconnect } = pretendWorker()
    const reasons: string[] = []
    const listener = (reason: string) => void reasons.push(reason)
    workerDisconnects.add('', listener)
    expect(made.disconnect()).toBe(made)
    expect(disconnect).toHaveBeenCalledTimes(1)
    expect(send).toHaveBeenCalledTimes(1)
    told()({ act: 'disconnect' })
    told()({ act: 'newconn' })
    told()(undefined)
    expect(reasons).toEqual(['worker.disconnect()', 'worker.disconnect()'])
    workerDisconnects.remove('', listener)
    expect(made.disconnect).toBe(disconnect)
  })

  test('outlives its primary to drain, and leaves what others have put around its method', () => {
    const { made } = pretendWorker()
    const reasons: string[] = []
    const listener = (reason: string) => void reasons.push(reason)
    workerDisconnects.add('', listener)
    const lost = orphaned()
    lost()
    lost()
    expect(reasons).toEqual(['end of the primary'])
    expect(made.exitedAfterDisconnect).toBe(true)
    const around = vi.fn()
    made.disconnect = around
    workerDisconnects.remove('', listener)
    workerDisconnects.remove('', listener)
    expect(made.disconnect).toBe(around)
  })

  test('is nothing where there is no cluster', () => {
    Object.assign(cluster, { worker: undefined })
    const count = process.listenerCount('disconnect')
    workerDisconnects.add('', () => {})
    expect(process.listenerCount('disconnect')).toBe(count)
  })
})
