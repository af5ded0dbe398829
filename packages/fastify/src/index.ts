export type { AdapterOptions as GracefulOptions, CheckOptions, Lifecycle, Report } from '@lameduck/core'
export { graceful as default, graceful } from './plugin.js'
