// gRPC calls: beside HTTP and TCP in a hybrid application, or alone.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { say, sayListening, stopBy, testOptions } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/grpc'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Inject, Module } from '@nestjs/common'
import { GrpcMethod, Transport } from '@nestjs/microservices'
import { finalize, interval, map, take } from 'rxjs'
import { decorate, parameters } from '../subjects/decorate.mjs'
import { createAlone } from './create-alone.mjs'
import { createApplication, listen } from './create-application.mjs'
import { Sums } from './sums.mjs'

const { ALONE, ATTACH = 'yes', CLOSE, FIRST = 'grpc' } = process.env

class Work extends Sums {
  constructor(lifecycle) {
    super()
    this.lifecycle = lifecycle
  }
  async answer({ ms, times }, _metadata, call) {
    // That often it stops its own process.
    if (times > 0) return { text: await stopBy(this.lifecycle, call, false) }
    say({ heard: 'answer' })
    await sleep(ms)
    say({ event: 'called' })
    return { text: 'answer' }
  }
  count({ ms, times }) {
    say({ heard: 'count' })
    return interval(ms).pipe(
      take(times),
      map((i) => ({ value: i + 1 })),
      finalize(() => say({ event: 'counted' })),
    )
  }
  onApplicationShutdown() {
    say({ event: 'shut down' })
  }
}
parameters(Work, undefined, [Inject(LIFECYCLE)])
decorate(Work, [Controller()], {
  answer: [GrpcMethod('Work', 'Answer')],
  count: [GrpcMethod('Work', 'Count')],
})

const appOf = (options) =>
  decorate(class App {}, [Module({ imports: [GracefulModule.forRoot(options)], controllers: [Work] })])

/** What a service has that knows nothing of lameduck for gRPC. */
const nothing = { interceptor: (_method, call) => call, attach: () => {} }

const transportOf = ({ interceptor, attach }, state) => ({
  transport: Transport.GRPC,
  options: {
    package: 'work',
    protoPath: fileURLToPath(new URL('work.proto', import.meta.url)),
    url: '127.0.0.1:0',
    gracefulShutdown: CLOSE === 'graceful',
    channelOptions: { interceptors: [interceptor] },
    onLoadPackageDefinition(_definition, server) {
      const [carrier] = server.http2Servers.keys()
      say({ grpc: carrier.address().port, bound: state() })
      attach(server)
    },
  },
})

if (ALONE) {
  const calls = ATTACH === 'yes' ? graceful(testOptions()) : nothing
  const App = appOf(calls === nothing ? testOptions() : { lifecycle: calls.lifecycle })
  const transport = transportOf(calls, () => lifecycle.state)
  const { app, lifecycle } = await createAlone(App, transport)
  if (ALONE === 'hooks') app.enableShutdownHooks()
  say({ created: lifecycle.state })
  await app.listen()
  sayListening(lifecycle, 0)
} else {
  const app = await createApplication(appOf(testOptions()))
  const lifecycle = app.get(LIFECYCLE)
  const calls = ATTACH === 'yes' ? graceful({ lifecycle }) : nothing
  app.connectMicroservice(transportOf(calls, () => lifecycle.state))
  const tcp = app.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } })
  const startMicroservices = async () => {
    await app.startAllMicroservices()
    const server = tcp.unwrap()
    if (!server.listening) await once(server, 'listening')
    say({ tcp: server.address().port, up: lifecycle.state })
  }
  if (FIRST === 'grpc') await startMicroservices()
  await listen(app)
  if (FIRST === 'http') {
    say({ http: lifecycle.state })
    await startMicroservices()
  }
}
