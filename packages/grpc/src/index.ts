export type { AdapterOptions as GracefulOptions, CheckOptions, Lifecycle, Report } from '@lameduck/core'
export { type Graceful, graceful } from './graceful.js'
