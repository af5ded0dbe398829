import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quick, startServer } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const understands = (...flags: string[]) => spawnSync(node, [...flags, '-e', '']).status === 0

const model = ['--permission', '--experimental-permission'].find((flag) => understands(flag)) ?? ''
const net = understands(model, '--allow-net') ? ['--allow-net'] : []
const repository = fileURLToPath(new URL('../../..', import.meta.url))
/** The service may read its own files, and nothing else of the machine. */
const nodeArguments = [model, `--allow-fs-read=${repository}*`, ...net]

const subject = {
  name: 'node:http',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
} as const

describe.concurrent(`under Node's permission model (${model})`, { timeout: 120_000 }, () => {
  test('a service starts with what it can find out, says nothing of the rest, and drains', async () => {
    const options = { ...quick, gracePeriod: undefined, platform: undefined }
    await using server = await startServer(subject, { options, nodeArguments })
    const client = await server.connect()
    expect(await client.get('/fast')).toMatchObject({ status: 200 })
    const slow = client.get('/slow?ms=500')
    await server.line('listening')
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true, signal: 'SIGTERM' } })
    expect(exit.stderr).not.toMatch(/ERR_ACCESS_DENIED|restricted/)
  })
})
