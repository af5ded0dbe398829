export { OnDrain, ReadinessCheck, StartupTask } from './decorators.js'
export { GracefulModule } from './graceful.module.js'
export { InjectLifecycle, LIFECYCLE } from './inject-lifecycle.js'
export type { GracefulModuleOptions, GracefulOptionsFactory } from './options.js'
