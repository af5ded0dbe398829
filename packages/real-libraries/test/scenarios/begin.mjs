// What the scenarios share: how a test follows a service, and an answer that takes its time.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening } from '@lameduck/conformance/subject'

/** How long a host would wait before it ends connections by itself: longer than any hook may take. */
export const patience = 60_000

/** An answer that is asked for while nobody drains yet, and given when everybody does. */
export async function slowAnswer() {
  say({ asked: true })
  await sleep(700)
  return 'slow'
}

/** Runs `close` as the application's last step, and tells the test what it came to. */
export function closeInHook(lifecycle, close) {
  lifecycle.onStop('the host', async () => {
    await close()
    say({ closed: true })
  })
}

/** Says what a lifecycle goes through, and that the server listens. */
export function follow(lifecycle, server) {
  observe(lifecycle)
  void sayListening(lifecycle, server.address().port)
}

/** A server of Node's own that answers at once, or on `/slow` when everybody drains; `around` is put around each answer. */
export function serveQuickAndSlow(lifecycle, around = (_path, answer) => answer()) {
  const server = createServer(async ({ url }, response) => {
    response.end(await around(url, url === '/slow' ? slowAnswer : async () => 'quick'))
  })
  lifecycle.attach(server)
  server.listen(0, '127.0.0.1', () => {
    void lifecycle.ready()
    follow(lifecycle, server)
  })
}
