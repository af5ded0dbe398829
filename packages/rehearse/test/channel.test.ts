import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Endpoint } from '../src/endpoints.js'
import { freePort } from '../src/free-port.js'
import { openChannel } from '../src/grpc/channel.js'
import { readMix } from '../src/mix/read-mix.js'
import type { GrpcAsk } from '../src/traffic/ask.js'
// @ts-expect-error: plain JavaScript, as the services are that use it
import { createGreeter } from './services/greeter.mjs'

async function serve(id: string): Promise<{ endpoint: Endpoint; leave(): void; drained(): Promise<void> }> {
  const { server, bind } = createGreeter()
  const port: number = await bind(0)
  onTestFinished(() => server.forceShutdown())
  return {
    endpoint: { id, address: { host: '127.0.0.1', port }, ready: true },
    leave: () => server.forceShutdown(),
    drained: () => new Promise((resolve) => server.tryShutdown(resolve)),
  }
}

function open(pick: () => Endpoint | undefined, timeout = 5000) {
  const channel = openChannel({ pick, timeout })
  onTestFinished(() => channel.close())
  return channel
}

/** Reads one call from a mix file, as a rehearsal does. */
async function asking(fields: string): Promise<GrpcAsk> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearse-call-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  copyFileSync(
    fileURLToPath(new URL('services/greeter.proto', import.meta.url)),
    join(folder, 'greeter.proto'),
  )
  writeFileSync(join(folder, 'mix.yaml'), `traffic: [{ grpc: { proto: greeter.proto, ${fields} } }]`)
  const { turns } = await readMix(join(folder, 'mix.yaml'))
  return turns[0] as GrpcAsk
}
const hello = (fields: string) => asking(`method: greeter.Greeter/Hello, ${fields}`)
const countDown = (fields: string) => asking(`method: greeter.Greeter/CountDown, ${fields}`)

describe('a channel', () => {
  test('makes unary and streaming calls on one connection', async () => {
    const { endpoint } = await serve('r1')
    const channel = open(() => endpoint)
    const unary = await hello('request: { name: duck }, expect: { text: hello duck, warmth: 0.1 }')
    const stream = await countDown('request: { from: 2 }, expect: [{ value: 2 }, { value: 1 }]')
    expect(await channel.ask(unary)).toEqual({ outcome: { kind: 'ok' }, replica: 'r1', reused: false })
    expect(await channel.ask(stream)).toEqual({ outcome: { kind: 'ok' }, replica: 'r1', reused: true })
  })

  test.each([
    [
      'another text',
      'request: { name: goose }, expect: { text: hello duck }',
      'wrong',
      'message 1, text: expected "hello duck", got "hello goose"',
    ],
    ['another status', 'request: {}', 'status', 'INVALID_ARGUMENT: who: nobody?'],
  ])('%s is lost', async (_name, fields, cause, detail) => {
    const { endpoint } = await serve('r1')
    const { outcome } = await open(() => endpoint).ask(await hello(fields))
    expect(outcome).toEqual({ kind: 'lost', cause, detail })
  })

  test.each([
    ['shorter', 'request: { from: 1 }, expect: [{ value: 1 }, { value: 0 }]', 'expected 2 messages, got 1'],
    ['longer', 'request: { from: 2 }, expect: [{ value: 2 }]', 'expected 1 messages, got 2'],
    [
      'different',
      'request: { from: 2 }, expect: [{ value: 2 }, { value: 7 }]',
      'message 2, value: expected 7, got "1"',
    ],
  ])('a stream that is %s is lost', async (_name, fields, detail) => {
    const { endpoint } = await serve('r1')
    const { outcome } = await open(() => endpoint).ask(await countDown(fields))
    expect(outcome).toEqual({ kind: 'lost', cause: 'wrong', detail })
  })

  test('silence is lost as a time-out, and a stream that goes on is not silent', async () => {
    const { endpoint } = await serve('r1')
    const channel = open(() => endpoint, 1500)
    const silent = channel.ask(await hello('request: { name: duck, wait_ms: 20000 }'))
    // Two seconds, of 20 ms each.
    const slow = channel.ask(await countDown('request: { from: 100 }'))
    expect((await silent).outcome).toEqual({
      kind: 'lost',
      cause: 'time-out',
      detail: 'nothing for 1500 ms',
    })
    expect((await slow).outcome).toEqual({ kind: 'ok' })
  })

  test('what reached nobody is refused: no endpoint, and nobody listening', async () => {
    const nobody = {
      id: 'r1',
      address: { host: '127.0.0.1', port: await freePort('127.0.0.1') },
      ready: true,
    }
    const call = await hello('request: { name: duck }')
    expect(await open(() => undefined).ask(call)).toEqual({
      outcome: { kind: 'refused', detail: 'the Service has no endpoints' },
      replica: undefined,
      reused: false,
    })
    expect(await open(() => nobody).ask(call)).toEqual({
      outcome: { kind: 'refused', detail: expect.stringMatching(/^connect ECONNREFUSED/) },
      replica: 'r1',
      reused: false,
    })
  })

  test('a call that is cut at the server is lost by its status', async () => {
    const { endpoint, leave } = await serve('r1')
    const channel = open(() => endpoint)
    await channel.ask(await hello('request: { name: duck }'))
    const cut = channel.ask(await hello('request: { name: duck, wait_ms: 5000 }'))
    setTimeout(leave, 100)
    const { outcome } = await cut
    expect(outcome).toMatchObject({ kind: 'lost', cause: 'status' })
  })

  test('goes to another replica when the server has said goodbye', async () => {
    const [first, second] = [await serve('r1'), await serve('r2')]
    let { endpoint } = first
    const channel = open(() => endpoint)
    const call = await hello('request: { name: duck }')
    expect((await channel.ask(call)).replica).toBe('r1')
    endpoint = second.endpoint
    await first.drained()
    expect(await channel.ask(call)).toEqual({ outcome: { kind: 'ok' }, replica: 'r2', reused: false })
  })
})
