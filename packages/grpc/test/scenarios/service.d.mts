import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import type { LifecycleView } from '@lameduck/core'

export const work: ServiceDefinition & Record<'Answer', ServiceDefinition[string]>
export function handlersFor(lifecycle: LifecycleView): UntypedServiceImplementation
