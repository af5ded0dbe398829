import { listenOptions } from '@lameduck/example-kit'
import { GracefulModule } from '@lameduck/nestjs'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { ServiceModule } from './service.module.js'

@Module({ imports: [GracefulModule.forRoot(), ServiceModule] })
class AppModule {}

const app = await NestFactory.create(AppModule)
app.useWebSocketAdapter(new WsAdapter(app))
const { port, host } = listenOptions()
await app.listen(port, host)
