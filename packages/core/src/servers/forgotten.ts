import type { EventEmitter } from 'node:events'
import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Server as NetServer } from 'node:net'
import { isAttached } from './attached.js'
import { listeningServers } from './discover-servers.js'

/** HTTP/2's have no class that can be had without loading `node:http2`, but a method of their own. */
const speaksHttp = (server: EventEmitter): server is NetServer =>
  server instanceof HttpServer || server instanceof HttpsServer || 'updateSettings' in server

/** Where clients reach it; tools and inspectors listen on Unix sockets, which are nobody's traffic. */
function addressOf(server: NetServer): string | undefined {
  const address = server.address()
  if (address === null || typeof address === 'string') return undefined
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `${host}:${address.port}`
}

/** The addresses of servers of HTTP that listen in this process, and that no lifecycle has: it closes under their requests. */
export function forgottenServers(): string[] {
  return listeningServers().flatMap((server) => {
    if (isAttached(server) || !speaksHttp(server)) return []
    return addressOf(server) ?? []
  })
}
