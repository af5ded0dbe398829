import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'
import { WorkClient } from './work-client.js'

const options = { ...quick, shutdownDelay: 1000 }
const clean = { code: 0, report: { clean: true, cut: [] } }

describe.concurrent('beside others', { timeout: 120_000 }, () => {
  test('a Fastify application and a gRPC server that share a lifecycle are ready together and drain side by side', async () => {
    await using server = await startScenario('beside-fastify', { options })
    expect(server.said('afterFirst')).toEqual(['starting'])
    const [grpcPort] = server.said('grpc') as number[]
    using client = new WorkClient(grpcPort as number)
    const http = await server.connect()
    const answers = [http.get('/slow?ms=2500'), client.answer(2500)] as const
    await sleep(200)
    server.signal()
    await server.draining()
    const probe = await server.connect()
    expect((await probe.get('/readyz')).status).toBe(503)
    expect(await client.check('readiness')).toBe('NOT_SERVING')
    expect(await client.check('liveness')).toBe('SERVING')
    const [byHttp, byGrpc] = await Promise.all(answers)
    expect(byHttp).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(byGrpc).toEqual({ text: 'answer' })
    expect(await server.exited()).toMatchObject(clean)
  })

  test('reflection tells of the services, and what is open of it ends with its client', async () => {
    await using server = await startScenario('with-reflection', { options })
    expect(await server.line('reflected')).toEqual({ reflected: ['greeter.Greeter'] })
    server.signal()
    expect(await server.exited()).toMatchObject(clean)
  })
})
