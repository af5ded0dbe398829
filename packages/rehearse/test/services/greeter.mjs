import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { HealthImplementation } from 'grpc-health-check'

const { greeter } = loadPackageDefinition(
  loadSync(fileURLToPath(new URL('./greeter.proto', import.meta.url)), { keepCase: true }),
)

/** A server that greets, slowly if asked to, and counts down; not bound yet. */
export function createGreeter() {
  const server = new Server()
  const health = new HealthImplementation({ readiness: 'SERVING', liveness: 'SERVING' })
  health.addToServer(server)
  server.addService(greeter.Greeter.service, {
    async hello({ request: { name = '', wait_ms = 0 } }, answer) {
      await sleep(wait_ms)
      if (name === '') return answer({ code: status.INVALID_ARGUMENT, details: 'who: nobody?' })
      answer(null, { text: `hello ${name}`, mood: 'CHEERFUL', warmth: 0.1 })
    },
    async countDown(call) {
      for (let value = call.request.from; value > 0; value--) {
        call.write({ value })
        await sleep(20)
      }
      call.end()
    },
    sum() {},
  })
  const bind = (port, host = '127.0.0.1') =>
    new Promise((resolve, reject) =>
      server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    )
  return { server, health, bind }
}
