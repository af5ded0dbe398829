// What the scenarios share: how a test follows a service, and an answer that takes its time.
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
