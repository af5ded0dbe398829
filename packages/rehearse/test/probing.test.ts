import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startProbing } from '../src/probing.js'
import { newReplica } from '../src/replica.js'
import type { ServiceProcess } from '../src/service-process.js'

test('what a probe comes to after the end of probing is not told', async () => {
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/readyz') response.end()
    else waiting.push(() => response.writeHead(500).end())
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const replica = newReplica('r1', 0, { address, exited: new Promise(() => {}) } as unknown as ServiceProcess)
  const livenessFailed = vi.fn()
  const becomesReady = () => {
    replica.readyAt = performance.now()
  }

  const probed = async (until: Promise<unknown>) => {
    startProbing(
      replica,
      { ready: '/readyz', live: '/livez', probePeriod: 60, failureThreshold: 1 },
      { readiness: becomesReady, livenessFailed },
      until,
    )
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
  }
  const answered = async () => {
    for (const answer of waiting.splice(0)) answer()
    await sleep(100)
  }

  await probed(new Promise(() => {}))
  await answered()
  await vi.waitFor(() => expect(livenessFailed).toHaveBeenCalledOnce(), { timeout: 60_000 })

  let stop = () => {}
  await probed(
    new Promise<void>((resolve) => {
      stop = resolve
    }),
  )
  stop()
  await answered()
  expect(livenessFailed).toHaveBeenCalledOnce()
})
