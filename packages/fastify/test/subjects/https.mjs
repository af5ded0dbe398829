import { selfSigned } from '@lameduck/conformance/subject'
import { startApplication } from './standard-application.mjs'

await startApplication({ https: selfSigned })
