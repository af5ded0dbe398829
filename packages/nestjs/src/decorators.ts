import type { CheckOptions } from '@lameduck/core'
import { SetMetadata } from '@nestjs/common'

/** The metadata keys of the decorators below; the same for every copy of this package. */
export const marks = {
  onDrain: 'lameduck:on-drain',
  readinessCheck: 'lameduck:readiness-check',
  startupTask: 'lameduck:startup-task',
} as const

/** What {@link ReadinessCheck} leaves on a method. */
export interface MarkedCheck {
  readonly name: string
  readonly options: CheckOptions | undefined
}

/** What {@link StartupTask} leaves on a method. */
export interface MarkedTask {
  readonly name: string | undefined
}

/** Calls the provider's method when draining begins, as `lifecycle.onDrain` does: stop consumers here. */
export const OnDrain = (): MethodDecorator => SetMetadata(marks.onDrain, true)

/**
 * Makes the provider's method a readiness check, as `lifecycle.check` does. It may return what a health indicator of
 * `@nestjs/terminus` returns.
 *
 * @param name what the probes call it
 */
export const ReadinessCheck = (name: string, options?: CheckOptions): MethodDecorator =>
  SetMetadata(marks.readinessCheck, { name, options } satisfies MarkedCheck)

/**
 * Runs the provider's method once all providers are initialised, as `lifecycle.startup` does: readiness waits for it,
 * and the process ends when it fails.
 *
 * @param name what the log calls it; `Class.method` by default
 */
export const StartupTask = (name?: string): MethodDecorator =>
  SetMetadata(marks.startupTask, { name } satisfies MarkedTask)
