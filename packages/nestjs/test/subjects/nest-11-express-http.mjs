import { useNest } from '../nest-version.mjs'

useNest(11)
const { startApplication } = await import('./standard-application.mjs')
await startApplication({ platform: 'express', https: false })
