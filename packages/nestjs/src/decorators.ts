import type { CheckOptions, Lifecycle } from '@lameduck/core'
import { SetMetadata } from '@nestjs/common'

/** A decorated method of a provider or controller. */
export interface Decorated {
  readonly call: (signal?: AbortSignal) => unknown
  /** `Class.method`. */
  readonly name: string
}

/** What each decorator below leaves on its method: how to give the method to a lifecycle. */
export type Mark = (lifecycle: Lifecycle, method: Decorated) => void

/** The metadata keys of the decorators; the same for every copy of this package. */
export const markKeys = ['lameduck:on-drain', 'lameduck:readiness-check', 'lameduck:startup-task'] as const

const mark = (key: (typeof markKeys)[number], give: Mark): MethodDecorator => SetMetadata(key, give)

/** Calls the provider's method when draining begins, as `lifecycle.onDrain` does: stop consumers here. */
export const OnDrain = (): MethodDecorator =>
  mark('lameduck:on-drain', (lifecycle, { call }) => void lifecycle.onDrain(() => call()))

/**
 * Makes the provider's method a readiness check, as `lifecycle.check` does. It may return what a health indicator of
 * `@nestjs/terminus` returns.
 *
 * @param name what the probes call it
 */
export const ReadinessCheck = (name: string, options?: CheckOptions): MethodDecorator =>
  mark('lameduck:readiness-check', (lifecycle, { call }) => void lifecycle.check(name, call, options))

/**
 * Runs the provider's method once all providers are initialised, as `lifecycle.startup` does: readiness waits for it,
 * and the process ends when it fails.
 *
 * @param taskName what the log calls it; `Class.method` by default
 */
export const StartupTask = (taskName?: string): MethodDecorator =>
  mark('lameduck:startup-task', (lifecycle, { call, name }) => void lifecycle.startup(taskName ?? name, call))
