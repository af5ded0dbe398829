import { selfSigned } from '@lameduck/conformance/subject'
import { startApplication } from './standard-application.mjs'

await startApplication({ http2: true, https: { ...selfSigned, allowHTTP1: true } })
