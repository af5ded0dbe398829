import { createServer } from 'node:http'
import { sendProbe } from './http/answers.js'
import type { ProbeResponder } from './probe-responder.js'

/** A server for nothing but probes. */
export interface ProbeServer {
  /** Stops at once: probes that are being answered are cut. */
  close(): void
}

/**
 * Starts a server for probes, which answers from now on until it is closed. It does not keep the process alive.
 *
 * @param failed is told why it could not listen
 */
export function startProbeServer(
  responder: ProbeResponder,
  { port, host }: { readonly port: number; readonly host: string | undefined },
  failed: (error: Error) => void,
): ProbeServer {
  const server = createServer((req, res) => {
    const isAsked = req.method === 'GET' || req.method === 'HEAD'
    const probe = isAsked ? responder.match(req.url) : undefined
    if (probe !== undefined) return sendProbe(req, res, responder.answer(probe, req.url ?? ''))
    res.writeHead(404, { 'content-length': 0 }).end()
  })
  server.on('error', failed)
  server.listen(port, host).unref()
  return {
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
