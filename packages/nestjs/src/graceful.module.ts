import { joinLifecycle, LifecycleError } from '@lameduck/core'
import { type DynamicModule, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common'
import { DiscoveryModule, DiscoveryService, HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import { createGovernor, GOVERNOR, type Governor, watchForApplications } from './governor.js'
import { LIFECYCLE } from './inject-lifecycle.js'
import { hasCloseHooks, hookOwnersOf, lateHooks } from './late-hooks.js'
import { nestLogger } from './nest-logger.js'
import { ConfigurableModule, type GracefulModuleOptions, OPTIONS } from './options.js'
import { guardProbePaths } from './probe-routes.js'
import { registerDecorated } from './register-decorated.js'

function refuseTwice(modules: ModulesContainer): void {
  const registered = [...modules.values()].filter(({ metatype }) => metatype === GracefulModule)
  if (registered.length < 2) return
  throw new LifecycleError(
    'ALREADY_REGISTERED',
    `GracefulModule: expected to be imported once in an application, got ${registered.length} imports; it is global`,
  )
}

const withoutForRoot = () =>
  new LifecycleError(
    'ARGUMENT_INVALID',
    'GracefulModule: expected imports: [GracefulModule.forRoot()], or forRootAsync() whose factory gives options, got none',
  )

/**
 * Rolls a NestJS application without losing a request: `imports: [GracefulModule.forRoot()]`. Global.
 *
 * On a signal it drains first, while every provider is alive; then Nest's own `close()` runs, with its hooks in Nest's
 * own order; then the process exits. `app.close()` called by the application drains, too, without window or linger, and
 * leaves the process alive. It provides the `Lifecycle`: `@InjectLifecycle()`.
 *
 * @throws {LifecycleError} ALREADY_REGISTERED, ARGUMENT_INVALID without `forRoot()`, FRAMEWORK_UNSUPPORTED, PROBE_ROUTE_TAKEN, and what `createLifecycle` throws
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: GOVERNOR,
      inject: [{ token: OPTIONS, optional: true }, ModulesContainer, HttpAdapterHost],
      useFactory(
        options: GracefulModuleOptions | undefined,
        modules: ModulesContainer,
        host: HttpAdapterHost,
      ): Governor {
        if (options === undefined) throw withoutForRoot()
        refuseTwice(modules)
        watchForApplications()
        const seat = joinLifecycle(options, nestLogger())
        seat.liveWith(modules)
        seat.warnOfLateHooks(lateHooks, () => hookOwnersOf(modules), '@InjectLifecycle()')
        // At once, or when a testing module makes its application.
        host.init$.subscribe(() => host.httpAdapter && guardProbePaths(host.httpAdapter, seat))
        return createGovernor(seat, () => hasCloseHooks(modules))
      },
    },
    { provide: LIFECYCLE, inject: [GOVERNOR], useFactory: ({ lifecycle }: Governor) => lifecycle },
  ],
  exports: [LIFECYCLE],
})
export class GracefulModule extends ConfigurableModule implements OnApplicationBootstrap {
  @Inject(GOVERNOR) protected readonly governor!: Governor
  @Inject(DiscoveryService) protected readonly discovery!: DiscoveryService

  /** As every adapter's options; none are needed. */
  static override forRoot(options: Parameters<typeof ConfigurableModule.forRoot>[0] = {}): DynamicModule {
    return ConfigurableModule.forRoot.call(GracefulModule, options)
  }

  onApplicationBootstrap(): void {
    this.governor.checkMet()
    registerDecorated(this.discovery, this.governor.lifecycle)
  }
}
