export { type Comparison, compare } from './compare.js'
export { listenOptions } from './listen-options.js'
