export type { AdapterOptions as GracefulOptions } from '@lameduck/core'
export { type Graceful, graceful } from './graceful.js'
