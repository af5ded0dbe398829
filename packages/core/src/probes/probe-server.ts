import { createServer, type Server } from 'node:http'
import { LifecycleError } from '../errors.js'
import { sendProbe } from '../http/answers.js'
import { markAttached } from '../servers/attached.js'
import type { ProbeServerEvents } from './probe-hub.js'
import type { ProbeResponder } from './probe-responder.js'
import type { ProbeSettings } from './probes.js'

const cannotListen = ({ port, host }: ProbeSettings, error: NodeJS.ErrnoException) => {
  const where = host === undefined ? `port ${port}` : `port ${port} of ${host}`
  const mend =
    error.code === 'EADDRINUSE'
      ? 'something else listens there, perhaps another lifecycle of this process with the same probes.port: share one ' +
        'lifecycle, or give probes.port (LAMEDUCK_PROBES_PORT) a free port'
      : 'give probes.port and probes.host an address that this process may listen on'
  const message = `probes: cannot listen on ${where}, ${error.message}: ${mend}`
  return new LifecycleError('PROBES_PORT_UNUSABLE', message, { cause: error })
}

/** Starts a server for nothing but probes, which does not keep the process alive. */
export function startProbeServer(
  responder: ProbeResponder,
  settings: ProbeSettings,
  { listening, failed, warn }: ProbeServerEvents,
): Server {
  const server = createServer((req, res) => {
    const isAsked = req.method === 'GET' || req.method === 'HEAD'
    const probe = isAsked ? responder.match(req.url) : undefined
    if (probe !== undefined) return sendProbe(req, res, responder.answer(probe, req.url ?? ''))
    res.writeHead(404, { 'content-length': 0 }).end()
  })
  markAttached(server)
  let hasListened = false
  server.on('listening', () => {
    hasListened = true
    listening()
  })
  server.on('error', (error) => {
    if (hasListened) warn(`the server of the probes failed, and goes on: ${error.message}`)
    else failed(cannotListen(settings, error))
  })
  server.listen(settings.port, settings.host).unref()
  return server
}
