import { createServer } from 'node:http'
import { sendProbe } from '../http/answers.js'
import { createProbeResponder, noProbes, type ProbeContext, type ProbeResponder } from './probe-responder.js'
import type { ProbeSettings } from './probes.js'

/** Starts a server for nothing but probes, which does not keep the process alive; returns how to stop it at once. */
function startProbeServer(
  responder: ProbeResponder,
  { port, host }: ProbeSettings,
  failed: (error: Error) => void,
): () => void {
  const server = createServer((req, res) => {
    const isAsked = req.method === 'GET' || req.method === 'HEAD'
    const probe = isAsked ? responder.match(req.url) : undefined
    if (probe !== undefined) return sendProbe(req, res, responder.answer(probe, req.url ?? ''))
    res.writeHead(404, { 'content-length': 0 }).end()
  })
  server.on('error', failed)
  server.listen(port, host).unref()
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

/**
 * Creates all that answers probes for one lifecycle. A server of their own, if `settings` wants one, listens from now on.
 *
 * @param failed is told why that server could not listen
 */
export function createProbeHub(
  context: Omit<ProbeContext, 'paths'>,
  settings: ProbeSettings | undefined,
  failed: (error: Error) => void,
) {
  const respond = ({ paths }: ProbeSettings, details: boolean) =>
    createProbeResponder({ ...context, paths }, details)
  const hasOwnServer = settings?.port !== undefined
  return {
    /** The responder for a main port: none if the probes have a server of their own. */
    respond: (probes: ProbeSettings | undefined) =>
      probes === undefined || probes.port !== undefined ? noProbes : respond(probes, probes.verbose),
    /** Stops the server of the probes, if there is one. */
    close: hasOwnServer ? startProbeServer(respond(settings, true), settings, failed) : () => {},
  }
}
