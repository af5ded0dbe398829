import { type Channel, channel, subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** The channel on which Node tells every connection that a server has accepted, right after its `connection` event. */
export const socketChannel = 'net.server.socket'

/** The channel on which Node tells every server that listens. */
export const listenChannel = 'tracing:net.server.listen:asyncEnd'

/** What Node tells on {@link socketChannel}. */
export interface AcceptedMessage {
  readonly socket?: Socket & { readonly server?: object }
}

/**
 * What hears a channel of Node's from import on, once in a process: every copy of lameduck gets what the first one made,
 * also where a test runner loads it anew for each file. It is kept on the channel itself, which all of them see.
 *
 * @param key names it, with its version
 * @param make gives it and its listener
 */
export function hearOnce<T extends object>(
  channelName: string,
  key: string,
  make: () => { heard: T; listener: (message: unknown) => void },
): T {
  const symbol = Symbol.for(key)
  const holder = channel(channelName) as Channel & { [symbol]?: T }
  const present = holder[symbol]
  if (present !== undefined) return present
  const { heard, listener } = make()
  holder[symbol] = heard
  subscribe(channelName, listener)
  return heard
}
