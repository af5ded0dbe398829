import type { ModulesContainer } from '@nestjs/core'

/** Hooks with which applications end streams, and which Nest calls when it closes, after the drain. */
export const lateHooks: readonly string[] = ['onModuleDestroy', 'beforeApplicationShutdown']

const closeHooks = [...lateHooks, 'onApplicationShutdown']

/** Whatever Nest calls hooks of. */
export const hookOwnersOf = (modules: ModulesContainer): unknown[] =>
  [...modules.values()].flatMap(({ providers, controllers, injectables }) =>
    [providers, controllers, injectables].flatMap((kind) => [...kind.values()].map((each) => each.instance)),
  )

/** Whether one of these has a hook that Nest calls when it closes. */
export const hasCloseHooks = (modules: ModulesContainer): boolean =>
  hookOwnersOf(modules).some((owner) => closeHooks.some((hook) => typeof Object(owner)[hook] === 'function'))
