import { AsyncResource } from 'node:async_hooks'
import type { Drainable, DrainWatcher } from '../drain/drainable.js'
import { currentPart } from '../drain/part.js'

type Method = (...args: unknown[]) => unknown

/** A method by which an application closes its server, while a drain is under way. */
export interface OwnMethod {
  /** From now on it closes nothing: whoever calls it is answered when the server has drained. */
  hold(): void
  /** The server has drained: those that wait are answered, and later calls at once. */
  settle(): void
  /** Gives the method back. */
  giveBack(): void
  /** The method as the application left it. */
  call(...args: unknown[]): unknown
  /** While it is held: somebody had put something around the server's own method before. */
  readonly isWrapped: boolean
}

const isFunction = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function'

/**
 * Puts itself in the place of a server's own `close` while a drain is under way: to close at once would turn away whoever is
 * still routed here, and to call back only when the drain is over would make whoever waits for it inside the drain wait for
 * itself.
 *
 * @param answer gives the answer to one call, once the server has drained
 * @param result what each call gives its caller
 */
export function ownMethod(
  server: object,
  name: string | symbol,
  answer: (args: readonly unknown[], original: Method) => unknown,
  result: 'server' | 'promise' | 'nothing',
): OwnMethod {
  const waiting: (() => void)[] = []
  let held: { readonly before: PropertyDescriptor | undefined; readonly own: Method } | undefined
  let isDrained = false

  const callOriginal = (before: PropertyDescriptor | undefined, args: readonly unknown[]) => {
    const value = before === undefined ? Reflect.get(Object.getPrototypeOf(server), name) : before.value
    return isFunction(value) ? value.apply(server, [...args]) : undefined
  }

  const original: Method = (...args) => callOriginal(held?.before, args)

  const later = (args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      // Without a callback nobody waits, unless for the promise.
      const waits = result === 'promise' || args.some(isFunction)
      const goOn = waits ? currentPart()?.standAside() : undefined
      const go = () => {
        goOn?.()
        try {
          resolve(answer(args, original))
        } catch (error) {
          reject(error)
        }
      }
      waiting.push(AsyncResource.bind(go))
    })

  const closeNothing: Method = (...args) => {
    if (result === 'promise') return isDrained ? answer(args, original) : later(args)
    if (isDrained) answer(args, original)
    else void later(args)
    return result === 'server' ? server : undefined
  }

  return {
    hold() {
      if (held) return
      const before = Object.getOwnPropertyDescriptor(server, name)
      // Somebody may put something around it that goes on calling it when it has been given back.
      const own: Method = (...args) =>
        held?.own === own ? closeNothing(...args) : callOriginal(before, args)
      isDrained = false
      if (Reflect.defineProperty(server, name, { configurable: true, writable: true, value: own }))
        held = { before, own }
    },
    settle() {
      isDrained = true
      for (const go of waiting.splice(0)) go()
    },
    giveBack() {
      if (!held) return
      const { before, own } = held
      held = undefined
      if (Reflect.get(server, name) !== own) return
      if (before === undefined) Reflect.deleteProperty(server, name)
      else Reflect.defineProperty(server, name, before)
    },
    get isWrapped() {
      return isFunction(held?.before?.value)
    },
    call: (...args) => (held ? original(...args) : (Reflect.get(server, name) as Method).apply(server, args)),
  }
}

/**
 * Has a drainable keep what its server promises by a method of its own, which is called in earnest once the server has
 * drained.
 */
export function keepingClose<T extends Drainable>(
  drainable: T,
  server: object,
  name: string,
  result: 'promise' | 'nothing',
): T {
  const close = ownMethod(server, name, (args, original) => original(...args), result)
  const { announce, settle, letGo } = drainable
  return Object.assign(drainable, {
    announce(watcher: DrainWatcher) {
      announce.call(drainable, watcher)
      close.hold()
    },
    settle() {
      settle?.call(drainable)
      close.settle()
    },
    letGo() {
      letGo?.call(drainable)
      close.giveBack()
    },
  })
}
