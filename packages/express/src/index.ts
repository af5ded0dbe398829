export type { AdapterOptions as GracefulOptions } from '@lameduck/core'
export { type Graceful, graceful as default, graceful } from './middleware.js'
