import type { FastifyInstance } from 'fastify'
import { rootOf } from './close.js'

type Hook = (this: FastifyInstance, done: (error?: Error) => void) => unknown

/** A private property of Fastify's, by the description of its symbol; `undefined` where Fastify has no such property. */
function readPrivate(context: FastifyInstance, description: string): unknown {
  const key = Object.getOwnPropertySymbols(context).find((symbol) => symbol.description === description)
  return key && (context as unknown as Record<symbol, unknown>)[key]
}

function takeHooks(context: FastifyInstance): (() => Promise<unknown>)[] {
  const { preClose } = (readPrivate(context, 'fastify.hooks') ?? {}) as { preClose?: unknown }
  const own = Array.isArray(preClose) ? (preClose.splice(0) as Hook[]) : []
  const children = readPrivate(context, 'fastify.children')
  const run = (hook: Hook) => async () => {
    if (hook.length !== 1) return (hook as () => unknown).call(context)
    return new Promise<void>((resolve, reject) => {
      hook.call(context, (error) => (error ? reject(error) : resolve()))
    })
  }
  return [...own.map(run), ...(Array.isArray(children) ? children.flatMap(takeHooks) : [])]
}

/**
 * Runs the application's `preClose` hooks without the close that follows them, which answers 503. Fastify's own close
 * finds none any more. A Fastify that keeps them elsewhere runs them itself, when it closes.
 *
 * @throws the first error of a hook; the others run all the same
 */
export async function runPreClose(app: FastifyInstance): Promise<void> {
  const errors: unknown[] = []
  for (const run of takeHooks(rootOf(app))) await run().catch((error: unknown) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}
