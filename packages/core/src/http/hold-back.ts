import { AsyncResource } from 'node:async_hooks'
import type { Connection } from './connection.js'
import type { ServerContext } from './server-context.js'

/** While draining: the last request of each connection, until more is known of it. */
export interface HoldBack {
  /**
   * Hands a request on when its packet has been parsed: only then is it known whether it is whole, and whether another
   * is pipelined behind it. While the listener closes, it waits for that as well. One that is held already is not the last
   * any more, and is handed on at once: nobody can make us hold more than one a connection.
   *
   * @param handle runs in the async context of this call
   */
  hold(connection: Connection, handle: () => void): void
  /** Hands on what is held, because what the client has sent behind it is handed on now. */
  handOn(connection: Connection): void
}

interface Slot {
  handle: (() => void) | undefined
  isScheduled: boolean
}

/** Creates it for one server. */
export function createHoldBack(context: ServerContext): HoldBack {
  const slots = new WeakMap<Connection, Slot>()

  const empty = (slot: Slot) => {
    const { handle } = slot
    slot.handle = undefined
    handle?.()
  }

  const slotOf = (connection: Connection): Slot => {
    const known = slots.get(connection)
    if (known !== undefined) return known
    const slot: Slot = { handle: undefined, isScheduled: false }
    slots.set(connection, slot)
    // Node gives up on requests without an answer when their client has said FIN, or has gone, or asks for a protocol
    // that nobody here speaks: before that, they are handed on. A handler that came later would wait for ever for the
    // end of a response that has ended.
    const { socket } = connection
    socket.prependListener('end', () => empty(slot))
    const { destroy } = socket
    socket.destroy = (...args) => {
      empty(slot)
      return destroy.apply(socket, args)
    }
    return slot
  }

  return {
    hold(connection, handle) {
      const slot = slotOf(connection)
      empty(slot)
      slot.handle = AsyncResource.bind(handle)
      if (slot.isScheduled) return
      slot.isScheduled = true
      const turn = () => {
        slot.isScheduled = false
        empty(slot)
      }
      if (context.step === 'closing') context.atTheDoor.push(turn)
      else context.clock.nextTurn(turn)
    },
    handOn(connection) {
      const slot = slots.get(connection)
      if (slot !== undefined) empty(slot)
    },
  }
}
