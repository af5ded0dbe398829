import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import fakeTimers, { type FakeMethod } from '@sinonjs/fake-timers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from '../src/clock.js'
import { createLifecycle } from '../src/index.js'

const options = {
  signals: false,
  crash: false,
  logger: false,
  platform: 'none',
  gracePeriod: 30_000,
} as const

afterEach(() => {
  vi.useRealTimers()
})

/** A server that has served a connection which stays open, and is then stopped; with a check, and a hook that waits for its server. */
async function life(fake: () => void) {
  const lifecycle = createLifecycle(options)
  const server = createServer((_request, response) => response.end('hello'))
  lifecycle.attach(server).check('db', () => true)
  lifecycle.onStop('db', () => new Promise<unknown>((resolve) => void server.close(resolve)))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  await lifecycle.ready()
  const { port } = server.address() as AddressInfo
  const ask = (path: string) =>
    new Promise<number>((resolve, reject) => {
      get({ port, path, host: '127.0.0.1', headers: { connection: 'keep-alive' } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0))
      }).once('error', reject)
    })
  fake()
  const statuses = [await ask('/'), await ask('/readyz')]
  const report = await lifecycle.stop()
  return { statuses, report }
}

const clean = { statuses: [200, 200], report: { clean: true, exitCode: 0 } }

/** What each tool puts fakes in the place of. */
const all: FakeMethod[] = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'hrtime',
  'performance',
  'queueMicrotask',
]

describe('a drain takes no notice', () => {
  test("of Vitest's fake timers, nor does the next one", async () => {
    expect(await life(() => vi.useFakeTimers())).toMatchObject(clean)
    expect(await life(() => {})).toMatchObject(clean)
    vi.useRealTimers()
    expect(await life(() => {})).toMatchObject(clean)
  })

  for (const [who, toFake] of [
    ['of performance alone', ['performance']],
    ["of sinon's", all],
  ] as const) {
    test(`${who}, nor does the next one`, async () => {
      const clock = fakeTimers.install({ now: 0, toFake: [...toFake] })
      try {
        expect(await life(() => {})).toMatchObject(clean)
        expect(await life(() => {})).toMatchObject(clean)
      } finally {
        clock.uninstall()
      }
      expect(await life(() => {})).toMatchObject(clean)
    })
  }
})

// Node itself calls process.nextTick, so it can only be faked for good where the application has a process of its own, as in Jest.
test('what comes at the next tick does so although process.nextTick is fake', async () => {
  const clock = fakeTimers.install({ toFake: ['nextTick'] })
  try {
    await new Promise<void>((resolve) => nextTick(resolve))
  } finally {
    clock.uninstall()
  }
})
