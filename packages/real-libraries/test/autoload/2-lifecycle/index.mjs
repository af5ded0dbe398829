// Gets the folder's name as its prefix, beside what stands here.
export { default } from '@lameduck/fastify'

export const autoConfig = { signals: false, crash: false, logger: false, logLevel: 'warn' }
