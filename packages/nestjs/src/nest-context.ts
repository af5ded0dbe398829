import type { HttpServer, INestApplicationContext } from '@nestjs/common'
import { NestApplication, NestApplicationContext } from '@nestjs/core'

/** A part of a microservice's transport, as `@nestjs/microservices` has it on both versions. */
export interface Transport {
  listen(callback: (error?: unknown, ...rest: unknown[]) => void): unknown
  /** The transports of Nest have it, those of others may. */
  getHandlerByPattern?(pattern: string): MessageHandler | null
  /** A gRPC transport's server, once it listens. */
  readonly grpcClient?: object | null
}

/** What a transport calls with a message: its data, and its context. */
export type MessageHandler = (...args: unknown[]) => Promise<unknown>

/** A Nest application of any kind, with the stages that every kind goes through: protected, in Nest's own types. */
export interface NestContext extends INestApplicationContext {
  callInitHook(): Promise<void>
  callBootstrapHook(): Promise<void>
  callDestroyHook(): Promise<void>
  callShutdownHook(signal?: string): Promise<void>
  /** The first stage of closing, since Nest 12. */
  prepareClose?(): Promise<void>
  /** An application that serves HTTP. */
  getHttpAdapter?(): HttpServer
  getHttpServer?(): unknown
  getMicroservices?(): readonly NestContext[]
  connectMicroservice?(...args: unknown[]): NestContext
  /** The servers of WebSocket gateways, once they are registered. */
  socketModule?: { socketsContainer?: { getAll(): Map<string, { server?: object }> } } | null
  /** A microservice. */
  serverInstance?: Transport
  unwrap?(): unknown
}

/** The stages in which an application can be met for the first time. */
const entrances = ['close', 'enableShutdownHooks', 'callInitHook', 'callDestroyHook'] as const

/** What lameduck builds on: every way through Nest's start and end leads over these. */
const stages = [...entrances, 'callBootstrapHook', 'callShutdownHook'] as const

type StageName = (typeof stages)[number] | 'prepareClose'

type Action = () => unknown

type Meet = (context: NestContext, close: () => Promise<void>) => boolean

type Stage = (this: NestContext, ...args: unknown[]) => unknown

const prototype = NestApplicationContext.prototype as unknown as Record<string, Stage | undefined>

/** Has something done before a stage of an application, if it has that stage, and after it. */
export function surround(context: NestContext, name: StageName, before?: Action, after?: Action): void {
  const stage = context[name] as Stage | undefined
  if (stage === undefined) return
  const surrounded: Stage = async (...args) => {
    await before?.()
    await stage.apply(context, args)
    await after?.()
  }
  Object.assign(context, { [name]: surrounded })
}

const toldToListen = new WeakSet<object>()

/** Whether `listen()` of an application was called: it initialises the application itself. */
export const isToldToListen = (context: NestContext): boolean => toldToListen.has(context)

function watchListen(): void {
  const application = NestApplication.prototype as unknown as Record<'listen', Stage>
  const { listen } = application
  application.listen = function (...args) {
    toldToListen.add(this)
    return listen.apply(this, args)
  }
}

let isWatching = false

/**
 * Calls `met` with each application of this process when it enters its first stage, before that stage begins. `met`
 * says whether it has put something in the stage's place.
 *
 * @returns the stages that the Nest at hand has not got; with any, none are watched
 */
export function watchApplications(met: Meet): readonly string[] {
  const missing = stages.filter((name) => typeof prototype[name] !== 'function')
  if (isWatching || missing.length > 0) return missing
  isWatching = true
  watchListen()
  for (const name of entrances) {
    const original = prototype[name] as Stage
    prototype[name] = function (...args) {
      const close = (name === 'close' ? original : this.close).bind(this) as () => Promise<void>
      const stage = met(this, close) ? (this[name] as Stage) : original
      return stage.apply(this, args)
    }
  }
  return missing
}
