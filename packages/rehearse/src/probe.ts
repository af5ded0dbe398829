import { request } from 'node:http'
import type { Address } from './endpoints.js'
import type { ProbeResult } from './probe-result.js'

const grpc = 'grpc:'

/**
 * Asks once, as the kubelet does. Never rejects.
 *
 * @param target a path, for a probe with GET; or `grpc:` and a service, for one of `grpc.health.v1.Health`
 * @param timeout milliseconds
 */
export async function probe(address: Address, target: string, timeout = 1000): Promise<ProbeResult> {
  if (!target.startsWith(grpc)) return probePath(address, target, timeout)
  const { probeHealth } = await import('./grpc/health-probe.js')
  return probeHealth(address, target.slice(grpc.length), timeout)
}

/** What a probe does, for people: `GET /readyz`, `grpc:readiness`. */
export function probeText(target: string): string {
  return target.startsWith(grpc) ? target : `GET ${target}`
}

/**
 * GET on a connection of its own, one second at most, success is a status from 200 to 399.
 */
function probePath({ host, port }: Address, path: string, timeout: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const asked = request({
      host,
      port,
      path,
      agent: false,
      headers: { 'user-agent': 'kube-probe/1.34', accept: '*/*', connection: 'close' },
    })
    const timer = setTimeout(() => {
      done({ success: false, answered: true, detail: `no answer within ${timeout} ms` })
      asked.destroy()
    }, timeout)
    const done = (result: ProbeResult) => {
      clearTimeout(timer)
      resolve(result)
    }
    asked.on('response', (response) => {
      response.resume()
      response.on('error', () => {})
      const status = response.statusCode ?? 0
      done({ success: status >= 200 && status < 400, answered: true, detail: String(status) })
    })
    asked.on('error', (error: NodeJS.ErrnoException) => {
      done({ success: false, answered: false, detail: error.code ?? error.message })
    })
    asked.end()
  })
}
