import { Inject } from '@nestjs/common'

/** What the lifecycle is provided as; the same for every copy of this package. Also for `app.get(LIFECYCLE)`. */
export const LIFECYCLE: unique symbol = Symbol.for('lameduck.nestjs.lifecycle')

/** Injects the application's `Lifecycle`. */
export const InjectLifecycle = (): ParameterDecorator & PropertyDecorator => Inject(LIFECYCLE)
