import { type Connection, type ConnectionSettings, createConnection } from './connection.js'
import type { GrpcAsk } from './traffic/ask.js'
import type { Traffic } from './traffic/traffic.js'

/** One client that asks one thing at a time: HTTP on a connection, gRPC on a channel, each there only once it is needed. */
export function createClient(settings: ConnectionSettings, openChannel: Traffic['openChannel']): Connection {
  const http = createConnection(settings)
  let channel: Connection<GrpcAsk> | undefined

  return {
    ask(what) {
      if (what.kind === 'http') return http.ask(what)
      channel ??= openChannel?.(settings)
      if (!channel) throw new Error(`${what.path}: a gRPC call in traffic that opens no channels`)
      return channel.ask(what)
    },
    async close() {
      await Promise.all([http.close(), channel?.close()])
    },
  }
}
