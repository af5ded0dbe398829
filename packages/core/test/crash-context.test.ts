import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { createTestBench } from '../src/testing/index.js'

const context = new AsyncLocalStorage<string>()

/** In which context the parts of a drain run that `begin` has begun within a request. */
async function contextsOf(begin: (bench: ReturnType<typeof createTestBench>) => unknown) {
  const bench = createTestBench()
  const seen: Record<string, string | undefined> = {}
  const see = (what: string) => () => {
    seen[what] = context.getStore()
  }
  await context.run('application', async () => {
    const lifecycle = bench.createLifecycle({ shutdownDelay: 0 })
    lifecycle.on('draining', see('draining'))
    lifecycle.onDrain(see('onDrain'))
    lifecycle.signal.addEventListener('abort', see('signal'))
    lifecycle.on('closing', see('closing'))
    lifecycle.onStop('database', see('onStop'))
    await lifecycle.ready()
  })
  context.run('request', () => begin(bench))
  await bench.clock.advance(100)
  return seen
}

test('what a crash begins is no part of the request whose error it was, but for the line that tells of it', async () => {
  const seen = await contextsOf(({ process }) => process.emit('uncaughtException', new Error('boom')))
  expect(seen).toEqual({
    draining: 'request',
    onDrain: 'application',
    signal: 'application',
    closing: 'application',
    onStop: 'application',
  })
})
