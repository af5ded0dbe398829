// The service of @grpc/reflection beside ours; asks it once, and leaves the stream open until the signal.
import { fileURLToPath } from 'node:url'
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/grpc'

const greeter = new URL('../../../../apps/grpc-api/greeter.proto', import.meta.url)
const definition = loadSync(fileURLToPath(greeter))

const { interceptor, attach, lifecycle } = graceful(testOptions())
observe(lifecycle)
const server = new Server({ interceptors: [interceptor] })
new ReflectionService(definition).addToServer(server)
attach(server)
server.addService(definition['greeter.Greeter'], {})

const port = await new Promise((resolve, reject) =>
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
    error ? reject(error) : resolve(bound),
  ),
)

// ServerReflectionRequest { string list_services = 7 } and the answer's list_services_response, field 6, by hand.
const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
const names = (bytes) => bytes.toString('latin1').match(/greeter\.\w+/g) ?? []
const stream = client.makeBidiStreamRequest(
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  () => Buffer.from([0x3a, 0x01, 0x2a]),
  names,
)
stream.on('data', (services) => say({ reflected: services }))
stream.on('error', () => {})
stream.write({})
lifecycle.onDrain(() => stream.end())
sayListening(lifecycle, port)
