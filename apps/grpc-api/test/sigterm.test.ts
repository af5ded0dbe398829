import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, credentials } from '@grpc/grpc-js'
import { freePort } from '@lameduck/example-kit/testing'
import { afterEach, expect, test } from 'vitest'
import { Greeter } from '../src/greeter.js'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
let child: ChildProcess | undefined
let client: Client | undefined

afterEach(() => {
  client?.close()
  child?.kill('SIGKILL')
})

/** The methods of a client that was loaded from the definition. */
interface GreeterClient extends Client {
  hello(request: object, answered: (error: Error | null, reply: unknown) => void): void
  countDown(request: object): AsyncIterable<{ value: number }>
}

test('calls in flight at SIGTERM get their whole answers, and the exit code is 0', async () => {
  const port = await freePort()
  const service = fork(main, {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      LAMEDUCK_PLATFORM: 'kubernetes',
      LAMEDUCK_GRACE_PERIOD: '6000',
      LAMEDUCK_SHUTDOWN_DELAY: '300',
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child = service
  const greeter = new Greeter(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  }) as unknown as GreeterClient
  client = greeter
  await new Promise<void>((resolve, reject) =>
    greeter.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve())),
  )
  const exited = once(service, 'exit')
  const slow = new Promise((resolve, reject) =>
    greeter.hello({ name: 'duck', waitMs: 1000 }, (error, reply) => (error ? reject(error) : resolve(reply))),
  )
  const numbers: number[] = []
  const counted = (async () => {
    for await (const { value } of greeter.countDown({})) numbers.push(value)
  })()
  await sleep(100)
  service.kill('SIGTERM')
  expect(await slow).toEqual({ text: 'hello duck' })
  await counted
  expect(numbers).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(await exited).toEqual([0, null])
}, 20_000)
