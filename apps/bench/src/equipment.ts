import type { Server } from 'node:http'
import { promisify } from 'node:util'
import { createTerminus } from '@godaddy/terminus'
import GracefulServer from '@gquittet/graceful-server'
import closeWithGrace from 'close-with-grace'
import gracefulShutdown from 'http-graceful-shutdown'
import { createHttpTerminator } from 'http-terminator'
import stoppable from 'stoppable'

/** How long everybody may take to drain, where that can be set. */
export const timeout = 4000

type Equip = (server: Server) => unknown

/** Ends the process when `close` has done its work. */
const onSigterm = (close: () => Promise<unknown>) =>
  process.once('SIGTERM', () => close().then(() => process.exit(0)))

/** What applications that do not have lameduck do on SIGTERM, each as its own documentation says. */
export const peers: Readonly<Record<string, Equip>> = {
  plain: (server) =>
    process.once('SIGTERM', () => {
      server.close(() => process.exit(0))
      if ('closeIdleConnections' in server) server.closeIdleConnections()
    }),
  terminus: (server) =>
    createTerminus(server, {
      signal: 'SIGTERM',
      useExit0: true,
      timeout,
      healthChecks: { '/readyz': async () => {} },
    }),
  'http-terminator': (server) => {
    const { terminate } = createHttpTerminator({ server, gracefulTerminationTimeout: timeout })
    onSigterm(terminate)
  },
  stoppable: (server) => {
    const { stop } = stoppable(server, timeout)
    onSigterm(promisify(stop))
  },
  'http-graceful-shutdown': (server) => gracefulShutdown(server, { signals: 'SIGTERM', timeout }),
  'graceful-server': (server) =>
    GracefulServer(server, { kubernetes: true, readinessEndpoint: '/readyz' }).setReady(),
  'close-with-grace': (server) =>
    closeWithGrace({ delay: timeout, logger: false }, () => promisify(server.close.bind(server))()),
}
