import { server } from './app.mjs'

await server().start()
