import { buildConnector, Client, type Dispatcher } from 'undici'
import type { Attempt } from './attempt.js'
import type { Balancer, Way } from './balancers/balancer.js'
import { classifyAnswer, classifyFailure, type Outcome } from './outcome.js'
import { sentSlowly } from './slow-body.js'
import type { Ask, HttpAsk } from './traffic/ask.js'

/** One client that keeps at most one connection and asks one thing at a time. */
export interface Connection<What extends Ask = Ask> {
  /** Asks, on the open connection if there is one. Never rejects. */
  ask(what: What): Promise<Attempt>
  /** Closes the connection; an ask that is under way fails. */
  close(): Promise<void>
}

/** What a connection needs to know. */
export interface ConnectionSettings extends Pick<Balancer, 'pick' | 'wayOf'> {
  /** Milliseconds without a connection, a head or the next part of a body. */
  timeout: number
}

const noEndpoint = Object.assign(new Error('the Service has no endpoints'), { code: 'ECONNREFUSED' })

/**
 * A keep-alive client as a Kubernetes Service sees it: the endpoint is chosen when a connection is opened, and only then. A connection
 * that the server has closed, or said it would close, is never used again, and nothing is ever sent twice.
 */
export function createConnection({ pick, wayOf, timeout }: ConnectionSettings): Connection<HttpAsk> {
  const connect = buildConnector({ timeout })
  let peer: string | undefined
  let carried = 0

  const client = new Client('http://service', {
    pipelining: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    // As long as nginx keeps its upstream connections, unless the server's Keep-Alive header says less.
    keepAliveTimeout: 60_000,
    connect(options, callback) {
      const endpoint = pick()
      peer = endpoint?.id
      carried = 0
      if (!endpoint) return queueMicrotask(() => callback(noEndpoint, null))
      const { host, port } = endpoint.address
      connect({ ...options, host, hostname: host, port: String(port) }, callback)
    },
  })

  return {
    ask: ({ method, path, body, contentType: sentType = 'application/octet-stream', slow, expect }) =>
      new Promise((resolve) => {
        let connected = false
        let reused = false
        let status = 0
        let contentType = ''
        let way: Way | undefined
        const chunks: Buffer[] = []
        const end = (outcome: Outcome) =>
          resolve({ outcome, replica: way?.replica ?? peer, reused, trace: way?.trace })
        const headers = body ? { 'content-type': sentType, 'content-length': String(body.length) } : {}
        const sent = body && slow !== undefined ? sentSlowly(body, slow) : (body ?? null)

        client.dispatch(
          { method: method as Dispatcher.HttpMethod, path, headers, body: sent },
          {
            onRequestStart() {
              connected = true
              reused = carried > 0
              carried++
            },
            onResponseStart(_controller, code, responseHeaders) {
              status = code
              if (code >= 200) way = wayOf?.(responseHeaders)
              contentType = String(responseHeaders['content-type'] ?? '')
            },
            onResponseData(_controller, chunk) {
              if (body || expect !== undefined) chunks.push(chunk)
            },
            onResponseEnd() {
              const sentBytes = body?.length ?? 0
              const text = Buffer.concat(chunks).toString()
              const by = way?.byItself ? peer : undefined
              end(classifyAnswer({ status, by, contentType, body: text, sentBytes, expect }))
            },
            onResponseError(_controller, error: NodeJS.ErrnoException) {
              end(
                classifyFailure({
                  name: error.name,
                  code: error.code,
                  message: error.message,
                  connected,
                  headReceived: status >= 200,
                }),
              )
            },
          },
        )
      }),
    close: () => client.destroy(),
  }
}
