import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Drainable } from '../drain/drainable.js'
import { adoptEarlierSockets } from './earlier-sockets.js'
import { createHandshakes } from './handshakes.js'
import { createHttp1Side } from './http1-side.js'
import { createServerContext, type HttpDrainableOptions } from './server-context.js'
import { createServerDrain } from './server-drain.js'
import { type Tap, tapServer } from './server-tap.js'

/** Makes a server of `node:http` or `node:https` drainable. From now on it answers probes ahead of its listeners. */
export function createHttpDrainable(server: Server, options: HttpDrainableOptions): Drainable {
  const isTls = 'setSecureContext' in server
  const context = createServerContext(options)
  const http1 = createHttp1Side(context, server)
  const handshakes = createHandshakes(options.clock, () => context.watcher?.changed())
  const kind = isTls ? 'https' : 'http'
  const { drainable, listenerEvent } = createServerDrain(kind, server, context, [http1, handshakes])

  const tap: Tap = (deliver, event, args) => {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        // Made by hand, it may have nothing to look at.
        if (!args[0] || !args[1]) break
        return http1.request(deliver, event, args)
      case 'connection':
        if (isTls) handshakes.began(args[0] as Socket)
        else http1.accept(args[0] as Socket)
        break
      case 'secureConnection':
        // In this order: at no time is a connection nobody's.
        http1.accept(args[0] as Socket)
        handshakes.secured(args[0] as Socket)
        break
      case 'upgrade':
      case 'connect':
      case 'clientError':
        if (!http1.mayPass(deliver, event, args)) return true
        break
    }
    return listenerEvent(deliver, event, args)
  }
  const giveBack = tapServer(server, tap, http1.passes)
  adoptEarlierSockets(server, handshakes, http1.adopt)
  return Object.assign(drainable, { giveBack })
}
