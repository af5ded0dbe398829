import { buildConnector, Client } from 'undici'
import type { Endpoint } from './endpoints.js'
import { classifyAnswer, classifyFailure, type Outcome } from './outcome.js'

/** What to ask. */
export interface Ask {
  method: 'GET' | 'POST'
  path: string
  /** Sent with a Content-Length. */
  body?: Buffer
  /** Text that the answer contains. */
  expect?: string | undefined
}

/** How one attempt went, and with whom. */
export interface Attempt {
  outcome: Outcome
  /** The replica at the other end; `undefined` when the balancer knew of none. */
  replica: string | undefined
  /** `true`: the connection had carried a request before. */
  reused: boolean
}

/** One client that keeps at most one connection and asks one thing at a time. */
export interface Connection {
  /** Asks, on the open connection if there is one. Never sends anything twice; never rejects. */
  ask(what: Ask): Promise<Attempt>
  /** Closes the connection; an ask that is under way fails. */
  close(): Promise<void>
}

/** What a connection needs to know. */
export interface ConnectionSettings {
  /** Chooses where a new connection goes. */
  pick(): Endpoint | undefined
  /** Milliseconds without a connection, a head or the next part of a body. */
  timeout: number
}

const noEndpoint = Object.assign(new Error('the Service has no endpoints'), { code: 'ECONNREFUSED' })

/**
 * A keep-alive client as a Kubernetes Service sees it: the endpoint is chosen when a connection is opened, and only then. A connection
 * that the server has closed, or said it would close, is never used again.
 */
export function createConnection({ pick, timeout }: ConnectionSettings): Connection {
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
    ask: ({ method, path, body, expect }) =>
      new Promise((resolve) => {
        let connected = false
        let reused = false
        let status = 0
        let contentType = ''
        const chunks: Buffer[] = []
        const end = (outcome: Outcome) => resolve({ outcome, replica: peer, reused })
        const headers = body ? { 'content-type': 'application/octet-stream' } : {}

        client.dispatch(
          { method, path, headers, body: body ?? null },
          {
            onRequestStart() {
              connected = true
              reused = carried > 0
              carried++
            },
            onResponseStart(_controller, code, responseHeaders) {
              status = code
              contentType = String(responseHeaders['content-type'] ?? '')
            },
            onResponseData(_controller, chunk) {
              if (body || expect !== undefined) chunks.push(chunk)
            },
            onResponseEnd() {
              const sentBytes = body?.length ?? 0
              const text = Buffer.concat(chunks).toString()
              end(classifyAnswer({ status, contentType, body: text, sentBytes, expect }))
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
