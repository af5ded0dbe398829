import { EventEmitter, once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Http2Server } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { RawClient } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import type { Report } from '../src/drain/report.js'
import { createLifecycleIn } from '../src/lifecycle/create-lifecycle.js'
import type { LifecycleOptions } from '../src/options/options.js'
import { createCoordinator } from '../src/process/coordinator.js'
import { createFakeProcess } from '../src/testing/index.js'
import { createPatientClock } from './patient-clock.js'
import { temporaryFolder } from './temporary-folder.js'

const surroundings = { env: {}, isTerminal: false, isContainer: false, ancestors: () => [] }

/** Every test waits for what happens, none for a time to pass: the window is short, and the grace period only has to be there. */
const short = { platform: 'none', gracePeriod: 30_000, shutdownDelay: 60, linger: 60, logger: false } as const

/** A lifecycle in a process that is not this one. Its time is real, and patient with a machine that is busy. */
export function createRealTimeLifecycle(options: LifecycleOptions = {}) {
  const process = createFakeProcess()
  const clock = createPatientClock()
  const coordinator = createCoordinator(process, clock)
  const host = { clock, coordinator, surroundings }
  const lifecycle = createLifecycleIn(host, { ...short, ...options })
  const report = new Promise<Report>((resolve) => lifecycle.on('stopped', resolve))
  /** Another lifecycle of the same process. */
  const another = () => createLifecycleIn(host, { ...short, ...options })
  return { lifecycle, another, clock, process, report, signal: () => void process.emit('SIGTERM', 'SIGTERM') }
}

/** Drains `server`, which listens on a Unix socket that goes with the test. */
export async function serveOnUnixSocket(
  server: Server | Http2Server,
  options: LifecycleOptions = {},
): Promise<ReturnType<typeof createRealTimeLifecycle> & AsyncDisposable & { readonly path: string }> {
  const made = createRealTimeLifecycle({ shutdownDelay: 0, ...options })
  const folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  made.lifecycle.attach(server)
  server.listen(path)
  await once(server, 'listening')
  await made.lifecycle.ready()
  return {
    ...made,
    path,
    async [Symbol.asyncDispose]() {
      await made.lifecycle.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** What a test gets to steer a server that listens in this very process. */
export type Served = Awaited<ReturnType<typeof serve>>

/**
 * Serves on a port of its own. `/now` is answered at once, everything else by the test: by `handle`, or by the response
 * that `asked()` resolves with.
 */
export async function serve(options: LifecycleOptions = {}, handle?: RequestListener, tls = false) {
  const made = createRealTimeLifecycle(options)
  const { lifecycle } = made
  const requests = new EventEmitter()
  const listener: RequestListener = (req, res) => {
    if (req.url === '/now') res.end('now')
    else if (handle) handle(req, res)
    else requests.emit('request', res)
  }
  const server: Server = tls ? createTlsServer(selfSigned, listener) : createServer(listener)
  // Node's own time for idle connections is not patient with a busy machine.
  server.keepAliveTimeout = 60_000
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  lifecycle.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await lifecycle.ready()
  const { port } = server.address() as AddressInfo
  const clients = new Set<RawClient>()
  return {
    ...made,
    server,
    /** The sockets that the server has accepted. */
    sockets,
    port,
    connect: async (protocol: 'http' | 'https' = tls ? 'https' : 'http') => {
      const client = await RawClient.connect({ port, protocol })
      clients.add(client)
      return client
    },
    /** The response to the next request that nobody else answers. */
    asked: async () => ((await once(requests, 'request')) as [ServerResponse])[0],
    closing: () => new Promise<void>((resolve) => lifecycle.on('closing', () => resolve())),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      await lifecycle.stop()
    },
  }
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
