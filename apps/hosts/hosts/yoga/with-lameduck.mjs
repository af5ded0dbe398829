import { createServer } from 'node:http'
import { createLifecycle } from '@lameduck/core'
import { yoga } from './app.mjs'

const lifecycle = createLifecycle()
lifecycle.onStop('yoga', () => yoga.dispose())
const server = createServer(yoga)
lifecycle.attach(server)
server.listen(process.env.PORT, () => lifecycle.ready())
