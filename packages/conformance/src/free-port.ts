import { createServer } from 'node:net'

// Below the ports that Linux (32768) and macOS (49152) give to outgoing connections: one of those could be taken while the
// server that had it is being replaced.
const lowest = 20_000
const highest = 32_000

/** Ports of loopback that nobody listens on at the moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; attempt < 100 * count && found.size < count; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(port)) found.add(port)
  }
  if (found.size < count) throw new Error(`no ${count} free ports between ${lowest} and ${highest}`)
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
