// Work that is done when a response has closed, as Next's `after()` does it; its server closes first, then waits for that work.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { closeInHook, follow, slowAnswer } from './begin.mjs'

const pending = new Set()
const after = (response, work) => {
  const done = new Promise((resolve) => response.once('close', () => resolve(work())))
  pending.add(done)
  void done.then(() => pending.delete(done))
}

const lifecycle = createLifecycle(testOptions())
const server = createServer(async (_request, response) => {
  after(response, async () => {
    await sleep(200)
    say({ after: response.writableFinished })
  })
  response.end(await slowAnswer())
})
lifecycle.attach(server)
closeInHook(lifecycle, async () => {
  await promisify(server.close.bind(server))()
  await Promise.all(pending)
})
server.listen(0, '127.0.0.1', async () => {
  await lifecycle.ready()
  follow(lifecycle, server)
})
