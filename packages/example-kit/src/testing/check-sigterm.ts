import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.js'

async function start(
  main: URL,
  env: Record<string, string>,
): Promise<{ service: ChildProcess; url: string }> {
  const port = await freePort()
  const service = fork(fileURLToPath(main), {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  onTestFinished(() => void service.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) return { service, url }
    await sleep(20)
  }
}

/** Declares the test that a built service, forked from `main`, survives SIGTERM without losing a request. */
export function checkSigterm(main: URL): void {
  test('a request in flight at SIGTERM gets its whole answer, readiness turns red, and the exit code is 0', async () => {
    const { service, url } = await start(main, {
      LAMEDUCK_PLATFORM: 'kubernetes',
      LAMEDUCK_GRACE_PERIOD: '6000',
      LAMEDUCK_SHUTDOWN_DELAY: '300',
    })
    const exited = once(service, 'exit')
    const slow = fetch(`${url}/slow?ms=1000`)
    const upload = fetch(`${url}/upload`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.alloc(100_000),
    })
    const stream = fetch(`${url}/stream`)
    await sleep(100)
    service.kill('SIGTERM')
    await sleep(50)
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(503)
    await ready.arrayBuffer()

    expect(await (await slow).json()).toEqual({ waited: 1000 })
    expect(await (await upload).json()).toEqual({ bytes: 100_000 })
    expect(await (await stream).text()).toBe('10\n9\n8\n7\n6\n5\n4\n3\n2\n1\n')
    expect(await exited).toEqual([0, null])
  }, 15_000)
}
