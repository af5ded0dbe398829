// Servers that listen one after the other, when the test says so by SIGUSR2: an exporter on a second port, then the application.
import { createServer } from 'node:http'
import { say } from '@lameduck/conformance/subject'
import { answer } from '../hosts/answers.mjs'

const { EXPORTER, APPLICATION } = process.env
const handle = async (request, response) => response.end(await answer(request.url))

if (EXPORTER === undefined) start()
else createServer(handle).listen(EXPORTER, '127.0.0.1', () => say({ exporter: true }))
process.on('SIGUSR2', start)

function start() {
  const server = createServer(handle)
  server.listen(APPLICATION, () => say({ listening: Number(APPLICATION) || APPLICATION }))
}
