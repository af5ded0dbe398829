import { describe, expect, it } from 'vitest'
import { fuzz } from '../src/fuzz.mjs'
import { frame, types } from '../src/inputs/http2.mjs'
import { reasonFor } from '../src/known-differences.mjs'
import { http1Text, http2Text, saysClose } from '../src/normal-form.mjs'
import { protocols } from '../src/protocols.mjs'
import { createRandom } from '../src/random.mjs'

const answer = (text: string, connection: 'open' | 'closed' = 'open') => ({
  bytes: Buffer.from(text, 'latin1'),
  connection,
})
const response = (header: string, body: string) =>
  `HTTP/1.1 200 OK\r\n${header}Content-Length: ${body.length}\r\n\r\n${body}`
const agree = (
  phase: 'ready' | 'window',
  plain: ReturnType<typeof answer>,
  rolled: ReturnType<typeof answer>,
) => protocols['http']?.agree(phase, plain, rolled)

describe('what has to be the same', () => {
  const kept = response('Date: now\r\nConnection: keep-alive\r\n', 'a')
  const closing = response('Date: then\r\nConnection: close\r\n', 'a')

  it('before the trigger is every byte but the date', () => {
    expect(agree('ready', answer(kept), answer(kept.replace('now', 'then')))).toBe(true)
    expect(agree('ready', answer(kept), answer(closing))).toBe(false)
    expect(agree('ready', answer(kept), answer(kept, 'closed'))).toBe(false)
  })

  it('while draining is every answer up to one that says close', () => {
    expect(agree('window', answer(kept), answer(closing, 'closed'))).toBe(true)
    expect(agree('window', answer(kept + kept), answer(closing, 'closed'))).toBe(true)
    expect(agree('window', answer(kept + kept), answer(kept, 'closed'))).toBe(false)
    expect(agree('window', answer(kept), answer(response('', 'b'), 'closed'))).toBe(false)
    expect(agree('window', answer(kept), answer(''))).toBe(false)
    expect(agree('window', answer(kept), answer(kept, 'closed'))).toBe(false)
  })

  it('while draining is not what the server says itself to what is no request, but every request ahead of it', () => {
    const refused = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'
    expect(agree('window', answer(kept + refused, 'closed'), answer(kept, 'closed'))).toBe(true)
    expect(agree('window', answer(refused, 'closed'), answer(kept + refused, 'closed'))).toBe(true)
    expect(agree('window', answer(kept + refused, 'closed'), answer(refused, 'closed'))).toBe(false)
    expect(agree('ready', answer(kept + refused, 'closed'), answer(kept, 'closed'))).toBe(false)
  })

  it('is told by the last response', () => {
    expect(saysClose(answer(closing + kept))).toBe(false)
    expect(saysClose(answer(kept + closing))).toBe(true)
    expect(http1Text(answer(kept), true)).toBe('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na')
  })

  it('of HTTP/2 is the order of frames on each stream, whatever their size', () => {
    const text = (...frames: Buffer[]) => http2Text({ bytes: Buffer.concat(frames), connection: 'open' })
    const data = (body: string, end = 0, stream = 1) => frame(types.data, end, stream, Buffer.from(body))
    expect(text(data('ab', 1))).toBe(text(frame(types.settings, 0, 0), data('a'), data('b', 1)))
    expect(text(data('ab', 1))).not.toBe(text(data('ab')))
    expect(text(data('a', 1), data('b', 1, 3))).toBe(text(data('b', 1, 3), data('a', 1)))
  })
})

describe('a listed difference', () => {
  const upgraded = String.raw`HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nbehind it`
  const reason = (ending: string, rolled: string, status = '200 OK') => {
    const later = String.raw`HTTP/1.1 ${status}\r\nDate: now\r\nContent-Length: 4\r\n\r\nlate`
    const what = `sent (${ending})\n    "GET /late"\n  plain   open "${upgraded}${later}"\n  rolled  open "${rolled.replace('late', later)}"`
    return reasonFor({ protocol: 'https', phase: 'window', seed: 1, inputs: [1] }, { input: 1, what })
  }

  it('is an upgrade that comes behind the answers ahead of it', () => {
    expect(reason('wait', `late${upgraded}`)).toContain('all in order')
    expect(reason('wait', `late${upgraded}`, '400 Bad Request')).toContain('all in order')
    expect(reason('wait', `${upgraded}late`)).toBeUndefined()
  })

  it('is not an upgrade that is lost, unless its client has ended a TLS connection', () => {
    expect(reason('wait', 'late')).toBeUndefined()
    expect(reason('wait', '')).toBeUndefined()
    expect(reason('fin', 'late')).toContain('when its client ends it')
  })
})

describe('inputs', () => {
  it.each(Object.entries(protocols))('of %s come again from the same seed', (_name, { input }) => {
    const once = Array.from({ length: 200 }, (_, i) => input(createRandom(i)))
    const again = Array.from({ length: 200 }, (_, i) => input(createRandom(i)))
    expect(once).toEqual(again)
    expect(new Set(once.map(({ pieces }) => Buffer.concat(pieces).toString('latin1'))).size).toBeGreaterThan(
      150,
    )
  })
})

describe('a short run', () => {
  it.each(['http', 'https', 'websocket', 'tls'])(
    'over %s finds no difference but known ones',
    async (protocol) => {
      const printed: string[] = []
      const print = (line: string) => printed.push(line)
      const { inputs, unknown } = await fuzz({ inputs: 120, seed: 1, only: [protocol], print })
      expect(inputs).toBeGreaterThan(100)
      expect(unknown, printed.join('\n')).toBe(0)
    },
  )
})
