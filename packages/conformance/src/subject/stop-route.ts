import { say } from './observe.js'

/** The part of a lifecycle by which a handler stops it. */
export interface StoppableLifecycle<Request extends object = object> {
  stop(options: { reason: string; exit: boolean; except: Request }): Promise<{ readonly exitCode: number }>
}

/**
 * What a handler does that ends its own process: gives its answer, which it may send only then. A silent one stops, and
 * never answers.
 *
 * @param request the handler's own, as its framework gives it
 */
export async function stopBy<Request extends object>(
  lifecycle: StoppableLifecycle<Request>,
  request: Request,
  isSilent: boolean,
): Promise<string> {
  const { exitCode } = await lifecycle.stop({ reason: 'asked', exit: true, except: request })
  say({ stopped: exitCode })
  return isSilent ? await new Promise<never>(() => {}) : `stopped with ${exitCode}`
}
