import { createGreeter } from './greeter.mjs'

const { bind } = createGreeter()
process.on('SIGTERM', () => process.exit(0))
await bind(process.env.PORT, process.env.HOST)
