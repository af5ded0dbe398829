// Prints much at the end; the test says whether and when somebody reads it.
import { createServer } from 'node:http'
import { testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const server = createServer((_request, response) => response.end())
lifecycle.attach(server)
lifecycle.onStop('last lines', () => {
  for (let number = 0; number < 20_000; number++)
    process.stderr.write(`last line ${number} ${'.'.repeat(80)}\n`)
})
server.listen(0, '127.0.0.1', async () => {
  await lifecycle.ready()
  process.stdout.write('{"listening":0}\n')
})
