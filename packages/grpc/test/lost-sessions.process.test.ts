import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const frame = (type: number, flags: number, stream: number, payload = Buffer.alloc(0)) => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
const endStream = 1
const endHeaders = 4
const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
/** POST and http by the static table, the rest as literals that are not indexed. */
const head = (path: string) =>
  Buffer.concat([
    Buffer.from([0x83, 0x86, 0x04]),
    text(path),
    Buffer.from([0x01]),
    text('localhost'),
    Buffer.from([0x0f, 0x10]),
    text('application/grpc'),
    Buffer.from([0x00]),
    text('te'),
    text('trailers'),
  ])
const start = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const preface = Buffer.concat([start, frame(4, 0, 0)])
/** SETTINGS_INITIAL_WINDOW_SIZE of 0: nothing of an answer's body may be sent. */
const shutWindow = Buffer.concat([start, frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]))])
const emptyMessage = Buffer.alloc(5)
/** The service of the scenario speaks JSON. */
const emptyObject = Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from('{}')])
const call = (path: string, isWhole: boolean, message = emptyMessage) => [
  frame(1, endHeaders, 1, head(path)),
  frame(0, isWhole ? endStream : 0, 1, message),
]
const goaway = frame(7, 0, 0, Buffer.alloc(8))
const dataOnNoStream = frame(0, 0, 0, Buffer.from('x'))
const halfHead = frame(1, endStream, 1, head('/test.Work/Hang'))

const options = { gracePeriod: 60_000, shutdownDelay: 0, linger: 500 }

describe.concurrent('connections of gRPC', { timeout: 60_000 }, () => {
  const stays = {
    'a Watch whose client never half-closes': [preface, ...call('/grpc.health.v1.Health/Watch', false)],
    'a Watch behind a window of nothing': [shutWindow, ...call('/grpc.health.v1.Health/Watch', true)],
    'a Check behind a window of nothing': [shutWindow, ...call('/grpc.health.v1.Health/Check', true)],
    'half a head': [preface, halfHead],
  }
  for (const [what, bytes] of Object.entries(stays)) {
    test(`${what} is no work and holds no drain`, async () => {
      await using server = await startScenario('serve', { options })
      const client = connect(server.port, '127.0.0.1').on('error', () => {})
      client.write(Buffer.concat(bytes))
      await once(client, 'data')
      client.resume()
      server.signal()
      const { code, report } = await server.exited(50_000)
      client.destroy()
      expect({ code, cut: report.cut }).toEqual({ code: 0, cut: [] })
    })
  }

  test('a client that has gone behind GOAWAY and a broken frame holds no drain', async () => {
    await using server = await startScenario('serve', { options })
    const client = connect(server.port, '127.0.0.1').on('error', () => {})
    client.resume().write(Buffer.concat([preface, ...call('/test.Work/Hang', true, emptyObject)]))
    await server.line('hanging')
    client.write(Buffer.concat([goaway, dataOnNoStream]))
    await once(client, 'data')
    client.resetAndDestroy()
    server.signal()
    const { code, report } = await server.exited(50_000)
    expect({ code, cut: report.cut }).toEqual({ code: 0, cut: [] })
  })
})
