import { startApplication } from './standard-application.mjs'

await startApplication()
