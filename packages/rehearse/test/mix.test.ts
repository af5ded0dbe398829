import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { UsageError } from '../src/errors.js'
import { readMix } from '../src/mix/read-mix.js'
import { resolveOptions } from '../src/options.js'
import { loadTraffic } from '../src/traffic/load-traffic.js'

const folder = mkdtempSync(join(tmpdir(), 'rehearse-mix-'))
afterAll(() => rmSync(folder, { recursive: true }))
copyFileSync(fileURLToPath(new URL('services/greeter.proto', import.meta.url)), join(folder, 'greeter.proto'))

const file = join(folder, 'traffic.yaml')
const write = (text: string) => {
  writeFileSync(file, text)
  return file
}
const call = (fields: string) => `traffic:\n  - grpc:\n      proto: greeter.proto\n${fields}`

describe('a mix file', () => {
  test('says what is asked, and how often', async () => {
    const { turns, openChannel } = await readMix(
      write(`
traffic:
  - weight: 2
    http: { path: /orders, expect: '"id"' }
  - http:
      method: PUT
      path: /orders/1
      body: '{"n":1}'
      contentType: application/json
      slow: 500
`),
    )
    const get = { kind: 'http', method: 'GET', path: '/orders', expect: '"id"' }
    const put = { kind: 'http', method: 'PUT', path: '/orders/1', slow: 500, contentType: 'application/json' }
    expect(turns).toEqual([get, { ...put, body: Buffer.from('{"n":1}') }, get])
    expect(openChannel).toBeUndefined()
  })

  test('says what is called, with fields by the names in the .proto file', async () => {
    const { turns, openChannel } = await readMix(
      write(
        call(
          '      method: greeter.Greeter/Hello\n      request: { name: duck, wait_ms: 5 }\n' +
            '      expect: { text: hello duck, mood: CHEERFUL, warmth: 0.1 }\n',
        ),
      ),
    )
    expect(turns).toMatchObject([
      {
        kind: 'grpc',
        path: '/greeter.Greeter/Hello',
        call: { request: { name: 'duck', wait_ms: 5 }, responseStream: false },
      },
    ])
    expect(openChannel).toBeTypeOf('function')
  })

  const hello = '      method: greeter.Greeter/Hello\n'
  test.each([
    ['', ':1: expected a map with traffic, got null'],
    ['traffic: [', ':1: expected YAML: '],
    ['traffic: *nothing', 'expected YAML: '],
    ['traffic: []', ':1: traffic: expected a list of at least one kind of traffic, got []'],
    ['traffic: []\nload: 1', ':2: load: expected one of the keys traffic, got "load"'],
    [
      'traffic:\n  - path: /',
      ':2: traffic[0].path: expected one of the keys weight, http or grpc, got "path"',
    ],
    ['traffic:\n  - weight: 1', ':2: traffic[0]: expected either http or grpc, got []'],
    [
      'traffic:\n  - http: { path: / }\n    weight: 0',
      ':3: traffic[0].weight: expected a whole number from 1 to 1000, got 0',
    ],
    [
      'traffic:\n  - weight: 1\n    sse: { path: / }',
      ':3: traffic[0].sse: expected http or grpc: sse is planned, but not there yet, got "sse"',
    ],
    ['traffic:\n  - websocket: {}', 'websocket is planned'],
    [
      'traffic:\n  - http: { path: nowhere }',
      ':2: traffic[0].http.path: expected a path that begins with / and has no spaces, got "nowhere"',
    ],
    [
      'traffic:\n  - http: {}',
      ':2: traffic[0].http.path: expected a path that begins with / and has no spaces, got nothing',
    ],
    ['traffic:\n  - http: { path: /, method: get }', ':2: traffic[0].http.method: expected GET, HEAD'],
    ['traffic:\n  - http: { path: /, body: x }', 'traffic[0].http.body: expected no body with GET, got "x"'],
    ['traffic:\n  - http: { path: /, slow: 5 }', 'traffic[0].http.slow: expected it only with a body, got 5'],
    [
      'traffic:\n  - http: { path: /, method: POST, body: { bytes: 0 } }',
      'traffic[0].http.body.bytes: expected a whole number from 1',
    ],
    [
      'traffic:\n  - http: { path: /, method: POST, body: 5 }',
      'traffic[0].http.body: expected a text that is not empty, or a map with bytes, got 5',
    ],
    [
      'traffic:\n  - http: { path: /, method: POST, body: x, contentType: json }',
      'traffic[0].http.contentType: expected a media type',
    ],
    [
      'traffic:\n  - http: { path: /, expect: 5 }',
      'traffic[0].http.expect: expected a text that is not empty, got 5',
    ],
    ['traffic:\n  - http: { path: / }\n    http: { path: /2 }', ':3: expected YAML: '],
    [
      'traffic:\n  - grpc:',
      'traffic[0].grpc: expected a map with proto, method, request or expect, got null',
    ],
    [
      'traffic:\n  - grpc: { proto: none.proto, method: a.B/C }',
      ':2: traffic[0].grpc.proto: expected a .proto file that can be loaded (ENOENT',
    ],
    [
      'traffic:\n  - grpc: { proto: traffic.yaml, method: a.B/C }',
      ':2: traffic[0].grpc.proto: expected a .proto file that can be loaded (',
    ],
    [
      call('      method: Hello\n'),
      ':4: traffic[0].grpc.method: expected a method such as package.Service/Method, got "Hello"',
    ],
    [
      call('      method: greeter.Greeter/Bye\n'),
      ':4: traffic[0].grpc.method: expected one of greeter.proto: greeter.Greeter/Hello, greeter.Greeter/CountDown or greeter.Greeter/Sum, got "greeter.Greeter/Bye"',
    ],
    [
      call('      method: greeter.Greeter/Sum\n'),
      ':4: traffic[0].grpc.method: expected a method that takes one message, not a stream',
    ],
    [
      call(`${hello}      request: duck\n`),
      ':5: traffic[0].grpc.request: expected the fields of a HelloRequest, got "duck"',
    ],
    [
      call(`${hello}      request: { nam: duck }\n`),
      ':5: traffic[0].grpc.request.nam: expected a field that a HelloRequest has, with a value that it can hold, got "duck"',
    ],
    [
      call(`${hello}      request: { wait_ms: -1 }\n`),
      ':5: traffic[0].grpc.request.wait_ms: expected a field that a HelloRequest has',
    ],
    [
      call(`${hello}      expect: { mood: ANGRY }\n`),
      ':5: traffic[0].grpc.expect.mood: expected a field that a HelloReply has',
    ],
    [
      call('      method: greeter.Greeter/CountDown\n      expect: { value: 1 }\n'),
      ':5: traffic[0].grpc.expect: expected a list of all Number that are streamed',
    ],
    [
      call(
        '      method: greeter.Greeter/CountDown\n      expect:\n        - { value: 1 }\n        - { valu: 2 }\n',
      ),
      ':7: traffic[0].grpc.expect[1].valu: expected a field that a Number has',
    ],
  ])('is refused: %j', async (text, message) => {
    const error = await readMix(write(text)).catch((reason) => reason)
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(`${file}${message.startsWith(':') ? message : ''}`)
    expect(error.message).toContain(message)
  })

  test('that is not there is refused', async () => {
    await expect(readMix('/nowhere/t.yaml')).rejects.toThrow(
      'mix: expected a file that can be read (ENOENT: no such file or directory, open \'/nowhere/t.yaml\'), got "/nowhere/t.yaml"',
    )
  })
})

describe('--mix with other options', () => {
  const command = ['node']

  test.each([
    [{ path: '/a' }, 'path: expected it not to be given, since t.yaml says what is asked, got "/a"'],
    [{ post: '/a' }, 'post: expected it not to be given'],
    [{ expect: 'a' }, 'expect: expected it not to be given'],
    [{ mix: '' }, 'mix: expected the path of a file, got ""'],
    [{ ready: 'grpc:a b' }, 'ready: expected a path that begins with / and has no spaces, or grpc:<service>'],
  ])('%j is refused', (options, message) => {
    expect(() => resolveOptions({ command, mix: 't.yaml', ...options })).toThrow(message)
  })

  test('gRPC needs --lb service; HTTP does not', async () => {
    const load = (text: string) => loadTraffic(resolveOptions({ command, lb: 'nginx', mix: write(text) }))
    await expect(load(call(hello()))).rejects.toThrow(
      `lb: expected service, because ${file} has gRPC calls, got "nginx"`,
    )
    expect((await load('traffic: [{ http: { path: / } }]')).turns).toHaveLength(1)
  })

  const hello = () => '      method: greeter.Greeter/Hello\n'
})

test('the README has the keys of a mix file', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const key of [
    'method',
    'path',
    'body',
    'contentType',
    'slow',
    'expect',
    'proto',
    'request',
    'weight',
  ]) {
    expect(readme).toMatch(new RegExp(`^\\| \`[^|]*\\b${key}\``, 'm'))
  }
})
