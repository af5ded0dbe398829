import { startApplication } from './standard-application.mjs'

await startApplication({ http2: true })
