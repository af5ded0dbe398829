import type { EventEmitter } from 'node:events'
import { Server as HttpServer } from 'node:http'
import { Server as NetServer } from 'node:net'

interface Listens extends EventEmitter {
  listen(...args: unknown[]): unknown
}

/** Calls `hear` with every server that listens, where the runtime tells of them on no channel (Bun). Returns how to stop. */
export function patchListen(hear: (server: EventEmitter) => void): () => void {
  const undo = [HttpServer, NetServer].map(({ prototype }) => {
    const owner = prototype as unknown as Listens
    const { listen } = owner
    function heard(this: Listens, ...args: unknown[]) {
      this.once('listening', () => hear(this))
      return listen.apply(this, args)
    }
    owner.listen = heard
    return () => {
      if (owner.listen === heard) owner.listen = listen
    }
  })
  return () => {
    for (const each of undo) each()
  }
}
