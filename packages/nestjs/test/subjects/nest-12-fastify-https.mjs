import { useNest } from '../nest-version.mjs'

useNest(12)
const { startApplication } = await import('./standard-application.mjs')
await startApplication({ platform: 'fastify', https: true })
