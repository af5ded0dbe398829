import { type Lifecycle, LifecycleError } from '@lameduck/core'
import { type DiscoveryService, MetadataScanner } from '@nestjs/core'
import { type Mark, markKeys } from './decorators.js'

type Method = (...args: unknown[]) => unknown
type Wrapper = ReturnType<DiscoveryService['getProviders']>[number]

const marksOf = (method: Method): Mark[] =>
  markKeys.flatMap((key) => (Reflect.getMetadata(key, method) as Mark | undefined) ?? [])

function registerMethodsOf(wrapper: Wrapper, lifecycle: Lifecycle): void {
  const { instance }: { instance: unknown } = wrapper
  if (wrapper.isAlias || typeof instance !== 'object' || instance === null) return
  const owner = Object.getPrototypeOf(instance) as Record<string, Method>
  for (const key of new MetadataScanner().getAllMethodNames(owner)) {
    const method = owner[key] as Method
    for (const give of marksOf(method)) {
      const name = `${String(wrapper.name)}.${key}`
      if (!wrapper.isDependencyTreeStatic()) {
        throw new LifecycleError(
          'ARGUMENT_INVALID',
          `${name}: expected a decorated method of a provider that exists once, got one that is made per request`,
        )
      }
      give(lifecycle, { call: (...args) => method.apply(instance, args), name })
    }
  }
}

/**
 * Gives the methods that `@OnDrain()`, `@ReadinessCheck()` and `@StartupTask()` mark to the lifecycle.
 *
 * @throws {LifecycleError} ARGUMENT_INVALID, NAME_TAKEN
 */
export function registerDecorated(discovery: DiscoveryService, lifecycle: Lifecycle): void {
  if (lifecycle.state !== 'starting') return
  for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
    registerMethodsOf(wrapper, lifecycle)
  }
}
