import { app } from './app.mjs'

await app.start()
