// Servers that come and go, as in a test or behind a login by browser: nobody holds them when they have closed.
import { createServer } from 'node:http'
import { say } from '@lameduck/conformance/subject'

const references = []
const listenAndClose = () =>
  new Promise((resolve) => {
    const server = createServer()
    references.push(new WeakRef(server))
    server.listen(0, '127.0.0.1', () => setImmediate(() => setImmediate(() => server.close(resolve))))
  })

const kept = createServer()
kept.listen(0, '127.0.0.1', () => say({ listening: kept.address().port }))
for (let i = 0; i < 30; i++) await listenAndClose()
const left = () => references.filter((each) => each.deref() !== undefined).length
for (let tries = 0; tries < 100 && left() > 2; tries++) {
  await new Promise((resolve) => setImmediate(resolve))
  gc()
}
say({ left: left() })
process.exit()
