import { type Lifecycle, LifecycleError } from '@lameduck/core'
import { type DiscoveryService, MetadataScanner } from '@nestjs/core'
import { type MarkedCheck, type MarkedTask, marks } from './decorators.js'

type Method = (...args: unknown[]) => unknown

/** A decorated method of a provider or controller. */
interface Decorated {
  readonly call: (signal?: AbortSignal) => unknown
  readonly name: string
  readonly function: Method
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number]

const read = <T>(key: string, { function: method }: Decorated): T | undefined =>
  Reflect.getMetadata(key, method) as T | undefined

const isDecorated = (method: Method | undefined): method is Method =>
  typeof method === 'function' && Object.values(marks).some((key) => Reflect.hasMetadata(key, method))

function* decoratedOf(wrapper: Wrapper): Generator<Decorated> {
  const { instance }: { instance: unknown } = wrapper
  if (wrapper.isAlias || typeof instance !== 'object' || instance === null) return
  const owner = Object.getPrototypeOf(instance) as Record<string, Method> | null
  if (owner === null) return
  for (const key of new MetadataScanner().getAllMethodNames(owner)) {
    const method = owner[key]
    if (!isDecorated(method)) continue
    const name = `${wrapper.name}.${key}`
    if (!wrapper.isDependencyTreeStatic()) {
      throw new LifecycleError(
        'ARGUMENT_INVALID',
        `${name}: expected a decorated method of a provider that exists once, got one that is made per request`,
      )
    }
    yield { call: (...args) => method.apply(instance, args), name, function: method }
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
    for (const decorated of decoratedOf(wrapper)) {
      const check = read<MarkedCheck>(marks.readinessCheck, decorated)
      const task = read<MarkedTask>(marks.startupTask, decorated)
      if (read(marks.onDrain, decorated)) lifecycle.onDrain(() => decorated.call())
      if (check) lifecycle.check(check.name, decorated.call, check.options)
      if (task) lifecycle.startup(task.name ?? decorated.name, decorated.call)
    }
  }
}
