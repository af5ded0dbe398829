export type { AdapterOptions as GracefulOptions } from '@lameduck/core'
export { graceful as default, graceful } from './plugin.js'
