import type { EventEmitter } from 'node:events'
import { type Lifecycle, LifecycleError, type Seat, sharesHandler } from '@lameduck/core'
import { attachGateways } from './gateways.js'
import { missingStages, type NestContext, watchApplications } from './nest-context.js'
import { createTakeover } from './take-over.js'
import { attachTransport } from './transports.js'

/** What a governor is provided as: one for each application. */
export const GOVERNOR: unique symbol = Symbol('lameduck.nestjs.governor')

/** Holds an application and its lifecycle together. */
export interface Governor {
  readonly lifecycle: Lifecycle
  /** The application was met: its end leads through the drain. */
  readonly hasMet: boolean
  /** Takes an application over; says whether it was new. */
  meet(context: NestContext, close: () => Promise<void>): boolean
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
  const missing = missingStages()
  if (missing.length > 0) throw unsupported(`one whose application has no ${missing.join(', ')}`)
  watchApplications((context, close) => governorOf(context)?.meet(context, close) ?? false)
}

/**
 * Throws when an application starts that was not met: its `@nestjs/core` is another copy than ours.
 *
 * @throws {LifecycleError} FRAMEWORK_UNSUPPORTED
 */
export function checkMet({ hasMet }: Governor): void {
  if (!hasMet)
    throw unsupported('an application of another copy of @nestjs/core, or one that starts otherwise')
}

/** Creates the governor of one application. */
export function createGovernor(seat: Seat): Governor {
  const { takeOver } = createTakeover(seat)
  const known = new WeakSet<object>()
  let hasMet = false

  const serve = (main: EventEmitter) => {
    seat.attach(main)
    seat.search((server) => server === main || sharesHandler(server, main))
  }

  const attachTransportOnce = (microservice: NestContext) => {
    const { serverInstance: transport } = microservice
    if (transport === undefined || known.has(transport)) return
    known.add(transport)
    attachTransport(microservice, seat)
  }

  /** Microservices that are connected, or will be. */
  const attachMicroservices = (application: NestContext) => {
    for (const microservice of application.getMicroservices?.() ?? []) attachTransportOnce(microservice)
    const connect = application.connectMicroservice?.bind(application)
    if (connect === undefined) return
    application.connectMicroservice = (...args) => {
      const microservice = connect(...args)
      attachTransportOnce(microservice)
      return microservice
    }
  }

  /** Gateways are registered just before Nest calls the first hook. */
  const awaitGateways = (context: NestContext) => {
    const { callInitHook } = context
    context.callInitHook = async () => {
      attachGateways(context, seat)
      await callInitHook.call(context)
    }
  }

  /** Says when an application without an HTTP server is up: when its transport listens, or when it is initialised. */
  const awaitStart = (context: NestContext) => {
    const { serverInstance: transport, callBootstrapHook } = context
    if (transport === undefined) {
      context.callBootstrapHook = async () => {
        await callBootstrapHook.call(context)
        seat.listening()
      }
      return
    }
    const listen = transport.listen.bind(transport)
    transport.listen = (callback) =>
      listen((error, ...rest) => {
        if (!error) seat.listening()
        callback(error, ...rest)
      })
  }

  return {
    lifecycle: seat.lifecycle,
    get hasMet() {
      return hasMet
    },
    meet(context, close) {
      if (known.has(context)) return false
      known.add(context)
      hasMet = true
      takeOver(context, close)
      awaitGateways(context)
      attachTransportOnce(context)
      attachMicroservices(context)
      const server = context.getHttpServer?.()
      if (server) serve(server as EventEmitter)
      else awaitStart(context)
      return true
    },
  }
}
