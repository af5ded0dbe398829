import { createServer } from 'node:net'
import { UsageError } from './errors.js'

// Below the ports that Linux (32768) and macOS (49152) give to outgoing connections: those of the load would take it meanwhile.
const lowest = 20_000
const highest = 32_000

/**
 * Finds a port that nothing listens on at the moment.
 *
 * @throws {UsageError} NO_FREE_PORT
 */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(host, port)) return port
  }
  throw new UsageError(
    `expected a free port on ${host} from ${lowest} to ${highest}, got none`,
    'NO_FREE_PORT',
  )
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
