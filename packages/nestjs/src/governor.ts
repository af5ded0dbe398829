import type { EventEmitter } from 'node:events'
import { type Lifecycle, LifecycleError, type Seat, sharesHandler } from '@lameduck/core'
import { attachGateways } from './gateways.js'
import { isToldToListen, type NestContext, surround, watchApplications } from './nest-context.js'
import { guardProbePaths } from './probe-routes.js'
import { createTakeOver } from './take-over.js'
import { attachTransport, whenListening } from './transports.js'

/** What a governor is provided as: one for each application. */
export const GOVERNOR: unique symbol = Symbol('lameduck.nestjs.governor')

/** Holds an application and its lifecycle together. */
export interface Governor {
  readonly lifecycle: Lifecycle
  /** Takes an application over, so that its end leads through the drain; says whether it was new. */
  meet(context: NestContext, close: () => Promise<void>): boolean
  /**
   * Throws when an application starts that was not met: its `@nestjs/core` is another copy than ours.
   *
   * @throws {LifecycleError} FRAMEWORK_UNSUPPORTED
   */
  checkMet(): void
}

function governorOf(context: NestContext): Governor | undefined {
  try {
    return context.get<Governor | undefined>(GOVERNOR, { strict: false })
  } catch {
    return undefined
  }
}

const unsupported = (what: string) =>
  new LifecycleError('FRAMEWORK_UNSUPPORTED', `@lameduck/nestjs: expected NestJS 11 or 12, got ${what}`)

/**
 * Throws where the drain cannot be put before Nest's own close.
 *
 * @throws {LifecycleError} FRAMEWORK_UNSUPPORTED
 */
export function watchForApplications(): void {
  const missing = watchApplications((context, close) => governorOf(context)?.meet(context, close) ?? false)
  if (missing.length > 0) throw unsupported(`one whose application has no ${missing.join(', ')}`)
}

/**
 * Creates the governor of one application.
 *
 * @param hasCloseHooks it has providers that do something when it closes: a signal has to find it, even if nobody holds it
 */
export function createGovernor(seat: Seat, hasCloseHooks: () => boolean): Governor {
  const takeOver = createTakeOver(seat)
  const known = new WeakSet<object>()
  let hasMet = false

  const attachMicroservice = (context: NestContext) => {
    const { serverInstance: transport } = context
    if (transport && !known.has(transport)) attachTransport(context, transport, seat)
    if (transport) known.add(transport)
    return context
  }

  /** Microservices that are connected, or will be. */
  const attachConnected = (application: NestContext) => {
    application.getMicroservices?.().forEach(attachMicroservice)
    const connect = application.connectMicroservice?.bind(application)
    if (connect) application.connectMicroservice = (...args) => attachMicroservice(connect(...args))
  }

  /** An application is up when its server listens, or its transport; without either, when it is initialised. */
  const awaitStart = (context: NestContext) => {
    const main = context.getHttpServer?.() as EventEmitter | undefined
    if (main) {
      seat.attach(main)
      seat.search((server) => server === main || sharesHandler(server, main))
      // Tests that inject requests never listen: the application is up when it is initialised.
      surround(context, 'callBootstrapHook', undefined, () => {
        if (!isToldToListen(context)) seat.initialised()
      })
    } else if (context.serverInstance) whenListening(context.serverInstance, seat.listening)
    else surround(context, 'callBootstrapHook', undefined, seat.listening)
  }

  return {
    lifecycle: seat.lifecycle,
    meet(context, close) {
      if (known.has(context)) return false
      known.add(context)
      hasMet = true
      // Where a testing module is compiled again, the host of its adapters tells of the first one only.
      if (context.getHttpAdapter) guardProbePaths(context.getHttpAdapter(), seat)
      takeOver(context, close)
      // Gateways are registered just before Nest calls the first hook.
      surround(context, 'callInitHook', () => {
        attachGateways(context, seat)
        if (!context.getHttpServer || hasCloseHooks()) seat.bind()
      })
      attachMicroservice(context)
      attachConnected(context)
      awaitStart(context)
      return true
    },
    checkMet() {
      if (!hasMet) throw unsupported('an application of another @nestjs/core, or one that starts otherwise')
    },
  }
}
