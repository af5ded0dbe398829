// The same service as main.ts, stopped the way that Nest offers: enableShutdownHooks() closes it on SIGTERM.
import { listenOptions } from '@lameduck/example-kit'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { ServiceModule } from './service.module.js'
import { StoreService } from './store.service.js'

@Controller()
class ProbesController {
  @Get(['livez', 'readyz'])
  probe() {
    return { status: 'ok' }
  }
}

@Module({ imports: [ServiceModule], controllers: [ProbesController] })
class AppModule {}

const app = await NestFactory.create(AppModule)
app.useWebSocketAdapter(new WsAdapter(app))
app.enableShutdownHooks()
await app.get(StoreService).open()
const { port, host } = listenOptions()
await app.listen(port, host)
