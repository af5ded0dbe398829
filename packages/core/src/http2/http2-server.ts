import type { IncomingMessage } from 'node:http'
import type { Http2SecureServer, Http2Server, Http2ServerResponse, ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Drainable } from '../drain/drainable.js'
import { adoptEarlierSockets } from '../http/earlier-sockets.js'
import { createHandshakes } from '../http/handshakes.js'
import { createHttp1Side } from '../http/http1-side.js'
import { parserOn } from '../http/node-fields.js'
import { createServerContext, type HttpDrainableOptions } from '../http/server-context.js'
import { createServerDrain } from '../http/server-drain.js'
import { tapServer } from '../http/server-tap.js'
import { takeEarlierSessions } from './earlier-sessions.js'
import { createHttp2Side } from './http2-side.js'
import { writesTo } from './streams.js'

/** Whether Node's fallback serves a TLS connection, with `allowHTTP1`; without it, it is turned away. */
const speaksHttp1 = ({ alpnProtocol }: TLSSocket) => alpnProtocol === false || alpnProtocol === 'http/1.1'

/** Whether it ever was: a connection that Node has turned away may stay half open for a while, and is nobody's work. */
const hasSpokenHttp1 = (socket: TLSSocket) => speaksHttp1(socket) && parserOn(socket) !== undefined

/** Whether a request came by the compatibility API, and not by HTTP/1. */
const isHttp2 = (message: unknown) => (message as IncomingMessage).httpVersionMajor === 2

/**
 * Makes a server of `node:http2` drainable, with its HTTP/1 connections, if it allows them. From now on it answers
 * probes ahead of its listeners.
 */
export function createHttp2Drainable(
  server: Http2Server | Http2SecureServer,
  options: HttpDrainableOptions,
): Drainable {
  const isTls = 'setSecureContext' in server
  const context = createServerContext(options)
  const http2 = createHttp2Side(context)
  const http1 = createHttp1Side(context, server)
  const handshakes = createHandshakes(options.clock, () => context.watcher?.changed())
  const { drainable, listenerEvent } = createServerDrain('http2', server, context, [http2, http1, handshakes])

  const giveBack = tapServer(server, (deliver, event, args) => {
    switch (event) {
      case 'stream':
        return http2.stream(deliver, event, args)
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        if (!isHttp2(args[0])) return http1.request(deliver, event, args)
        writesTo((args[1] as Http2ServerResponse).stream, args[1] as Http2ServerResponse)
        return deliver(event, args[0], args[1])
      case 'session':
        http2.accept(args[0] as ServerHttp2Session)
        break
      case 'connection':
        if (isTls) handshakes.began(args[0] as Socket)
        break
      case 'secureConnection': {
        const [socket] = args as [TLSSocket]
        if (speaksHttp1(socket)) http1.accept(socket)
        const isHeard = listenerEvent(deliver, event, args)
        // Only now is there a session: at no time is a connection nobody's.
        handshakes.secured(socket)
        return isHeard
      }
      case 'upgrade':
      case 'connect':
      case 'clientError':
        if (!isHttp2(args[0]) && !http1.mayPass(deliver, event, args)) return true
        break
    }
    return listenerEvent(deliver, event, args)
  })
  for (const session of takeEarlierSessions(server)) http2.adopt(session)
  adoptEarlierSockets(server, handshakes, (socket) => {
    if (hasSpokenHttp1(socket as TLSSocket)) http1.adopt(socket)
  })
  return Object.assign(drainable, { giveBack })
}
