export { type Comparison, compare, type Version } from './compare.js'
export { listenOptions } from './listen-options.js'
