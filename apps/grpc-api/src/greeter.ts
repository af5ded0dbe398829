import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  loadPackageDefinition,
  type Server,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const definition = loadSync(fileURLToPath(new URL('../greeter.proto', import.meta.url)), { longs: Number })

/** The client of the service, which has its definition as well. */
export const Greeter = (
  loadPackageDefinition(definition) as unknown as {
    greeter: { Greeter: ServiceClientConstructor }
  }
).greeter.Greeter

/** What the service does, whichever way it is stopped: an answer, slow if it is asked to be, a stream each way. */
export function addGreeter(server: Server): void {
  server.addService(Greeter.service, {
    async hello(
      { request }: ServerUnaryCall<{ name?: string; waitMs?: number }, unknown>,
      answer: sendUnaryData<{ text: string }>,
    ) {
      await sleep(request.waitMs ?? 0)
      answer(null, { text: `hello ${request.name || 'world'}` })
    },

    async countDown(call: ServerWritableStream<unknown, { value: number }>) {
      for (let value = 10; value > 0; value--) {
        call.write({ value })
        await sleep(50)
      }
      call.end()
    },

    sum(call: ServerReadableStream<{ value?: number }, unknown>, answer: sendUnaryData<{ value: number }>) {
      let sum = 0
      call.on('data', ({ value = 0 }: { value?: number }) => {
        sum += value
      })
      call.on('end', () => answer(null, { value: sum }))
    },
  })
}
