import { createServer } from 'node:http'
import { createLifecycle } from '@lameduck/core'
import next from 'next'

const app = next({ dev: false })
await app.prepare()
const handle = app.getRequestHandler()

const lifecycle = createLifecycle()
lifecycle.onStop('next', () => app.close())
const server = createServer((request, response) => handle(request, response))
lifecycle.attach(server)
server.listen(process.env.PORT, () => lifecycle.ready())
