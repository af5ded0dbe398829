import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { hosts } from '../src/hosts.js'
import { isInstalledApart } from '../src/set-up.js'
import { startHost } from '../src/start-host.js'
import { tryHost } from '../src/trial.js'
import { faults } from '../src/verdict.js'
import { waysOf } from '../src/ways.js'

// Those with a build are tried by a command: see the README.
const here = hosts.filter((host) => !isInstalledApart(host))
const folder = (name: string) => fileURLToPath(new URL(`../hosts/${name}`, import.meta.url))

function named(name: string) {
  const host = here.find((each) => each.name === name)
  if (host === undefined) throw new Error(`${name} is not tried here`)
  return host
}

describe.concurrent('answers everybody that is still routed to it, tells them to leave, runs what it runs last, and exits with 0:', () => {
  for (const host of here) {
    for (const [way, settings] of waysOf(host).filter(([, { lameduck }]) => lameduck)) {
      test(`${host.title}, ${way}`, async () => {
        const { outcome, output } = await tryHost(host, { ...settings, cwd: folder(host.folder) })
        expect(faults(host, way, outcome), output).toEqual([])
      })
    }
  }

  test('but not without lameduck: the trial sees what is lost', async () => {
    const host = named('h3')
    const { outcome } = await tryHost(host, { program: host.start, lameduck: false, cwd: folder('h3') })
    const wrong = faults(host, 'preload', outcome)
    expect(wrong).toContain('newConnection: expected 200 close, got refused')
    expect(wrong).toContain('inFlight: expected 200 close, got 200 keep-alive')
  })
})

test('tRPC tells the clients of its WebSockets to come back elsewhere, before they are closed', async () => {
  const program = { script: 'with-lameduck.mjs' }
  await using server = await startHost(named('trpc'), { program, lameduck: true, cwd: folder('trpc') })
  const socket = await server.webSocket('/')
  server.signal()
  await socket.receives('{"id":null,"method":"reconnect"}')
  expect(await socket.closed).toMatchObject({ code: 1001 })
  expect(await server.exited()).toMatchObject({ code: 0 })
})

test('Connect tells a call that heeds its signal, at the cutoff, that it may be made again elsewhere', async () => {
  const program = { script: 'with-lameduck.mjs' }
  const env = { LAMEDUCK_GRACE_PERIOD: '5s', LAMEDUCK_SHUTDOWN_DELAY: '0', LAMEDUCK_LINGER: '0' }
  await using server = await startHost(named('connect'), {
    program,
    lameduck: true,
    cwd: folder('connect'),
    env,
  })
  const client = await server.connect()
  const headers = { 'Content-Type': 'application/json' }
  const answered = client.ask('POST', '/hosts.Answers/Endless', { headers, body: '""' })
  await server.line('asked')
  server.signal()
  expect(await answered).toMatchObject({
    status: 503,
    text: '{"code":"unavailable","message":"shutting down"}',
  })
  expect(await server.exited()).toMatchObject({ code: 0 })
})
