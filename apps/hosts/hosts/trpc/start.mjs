import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { appRouter } from './app.mjs'

createHTTPServer({ router: appRouter }).listen(process.env.PORT)
