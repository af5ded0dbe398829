import { status } from '@grpc/grpc-js'
import { brief, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'
import { WorkClient } from './work-client.js'

describe.concurrent('a handler that stops its process', { timeout: 120_000 }, () => {
  test.each([
    ['no other interceptor', '0'],
    ['two other interceptors', '2'],
  ])('is answered when every other call is, behind %s', async (_, count) => {
    await using server = await startScenario('serve', { options: quick, env: { INTERCEPTORS: count } })
    using client = new WorkClient(server.port)
    using other = new WorkClient(server.port)
    await Promise.all([client.answer(), other.answer()])
    const [beside, elsewhere] = [client.answer(2000), other.answer(2500)]
    // When this one is answered, the one before it on the same connection has begun.
    await other.answer()
    expect(await client.unary('Stop')).toEqual({ text: 'stopped with 0' })
    expect(await Promise.all([beside, elsewhere])).toEqual([{ text: 'answer' }, { text: 'answer' }])
    expect(await server.exited()).toMatchObject({
      code: 0,
      report: { clean: true, cut: [], reason: 'asked', requests: { finished: 2 } },
    })
  })

  test('finishes the stream that it has begun', async () => {
    await using server = await startScenario('serve', { options: quick })
    using client = new WorkClient(server.port)
    const stream = client.stream('StopAndCount')
    expect(await stream.status).toMatchObject({ code: status.OK })
    expect(stream.messages).toEqual([{ n: 1 }, { text: 'stopped with 0' }])
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
  })

  test('is answered when what hangs beside it is cut by name', async () => {
    await using server = await startScenario('serve', { options: brief })
    using client = new WorkClient(server.port)
    const hanging = client.unary('Hang')
    await server.line('hanging')
    expect(await client.unary('Stop')).toEqual({ text: 'stopped with 1' })
    await expect(hanging).rejects.toMatchObject({ code: status.UNAVAILABLE })
    expect(await server.exited()).toMatchObject({
      code: 1,
      report: { clean: false, cut: [{ kind: 'grpc', path: '/test.Work/Hang' }] },
    })
  })

  test('and never answers is told UNAVAILABLE at the deadline, and named', async () => {
    await using server = await startScenario('serve', { options: brief })
    using client = new WorkClient(server.port)
    await expect(client.unary('Stop', { silent: true })).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: 'the server is going away',
    })
    expect(await server.exited()).toMatchObject({ code: 1, signal: null, report: { clean: true } })
    expect(server.output).toContain('/test.Work/Stop was given to stop()')
  })
})
