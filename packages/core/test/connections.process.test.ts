import { execSync } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const descriptors =
  Number(execSync('ulimit -n', { shell: '/bin/sh', encoding: 'utf8' })) || Number.POSITIVE_INFINITY
// In the matrix as many as ports allow.
const most = process.env['LAMEDUCK_TEST_MATRIX'] === undefined ? 6000 : 19_000
const wanted = Math.min(most, descriptors - 1000)

/** A connection that has been served once and is idle since; counts how it ends. */
function idleConnection(port: number, endings: Record<string, number>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const ended = (how: string) => {
      endings[how] = (endings[how] ?? 0) + 1
    }
    socket.once('connect', () => socket.write('GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n'))
    socket.once('data', () => resolve(socket))
    socket.once('end', () => ended('fin'))
    socket.once('error', (error) => {
      ended('reset')
      reject(error)
    })
  })
}

describe('many connections', () => {
  test(`${wanted} idle ones end without blocking the event loop, while active requests continue`, {
    timeout: 180_000,
  }, async () => {
    const options = { ...quick, linger: 1000 }
    await using server = await startScenario('many-idle-connections', { options })
    const endings: Record<string, number> = {}
    for (let opened = 0; opened < wanted; opened += 500) {
      const batch = Math.min(500, wanted - opened)
      await Promise.all(Array.from({ length: batch }, () => idleConnection(server.port, endings)))
    }
    const active = await server.connect()
    const stream = active.get('/stream?chunks=40&every=50')
    await sleep(200)
    server.signal()
    expect((await stream).text).toContain('chunk 39\n')
    const exit = await server.exited(40_000)
    expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    expect(endings).toEqual({ fin: wanted })
    // 100 of them take about 5 ms of processor time.
    expect(server.said('blocked')[0]).toBeLessThan(wanted / 60)
  })
})
