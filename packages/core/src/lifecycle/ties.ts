import { Server } from 'node:net'
import type { Release } from '../drain/holds.js'
import { keepWith } from '../weak-list.js'

/**
 * Creates what decides whether a lifecycle that nobody holds any more may be collected. A test makes an application, and drops
 * it without a word: where nothing would be felt of its drain, that must be enough.
 *
 * @param member what is kept or not
 * @param keep keeps it until it has stopped, or leaves it to those that hold it
 */
export function createTies(member: object, keep: (isKept: boolean) => void) {
  let isOwned = false
  let ties = 0
  const review = () => keep(!isOwned || ties > 0)

  /** Somebody may need the drain, and hold nothing: a signal has to find the lifecycle. Returns how to untie it. */
  const tie = () => {
    let tied = 1
    ties++
    review()
    return () => {
      ties -= tied
      tied = 0
      review()
    }
  }

  const ownedBy = (owner: object) => {
    keepWith(owner, member)
    isOwned = true
    review()
  }

  return {
    tie,
    /** Gives the value back, for whose sake it is tied. */
    tiedBy<Value>(value: Value): Value {
      tie()
      return value
    },
    /** The same until it is released. */
    tiedUntil(release: Release): Release {
      const untie = tie()
      const both = () => {
        release()
        untie()
      }
      return Object.assign(both, { [Symbol.dispose]: both })
    },
    /** The lifecycle drains this server: whoever talks to one of Node's holds it, and of others that is not known. */
    serve(server: unknown) {
      if (server instanceof Server) ownedBy(server)
      else tie()
    },
    /** An adapter has joined that has not said yet who has it; returns how to say with whom the lifecycle lives. */
    tieUntilOwned() {
      const untie = tie()
      return (owner: object) => {
        untie()
        ownedBy(owner)
      }
    },
  }
}
