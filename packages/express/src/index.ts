export type { AdapterOptions as GracefulOptions, CheckOptions, Lifecycle, Report } from '@lameduck/core'
export { type Graceful, graceful as default, graceful } from './middleware.js'
