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
// Longer than a balancer keeps its connections: nginx keeps them for 60 s, Node for 5 s.
app.getHttpServer().keepAliveTimeout = 65_000
const { port, host } = listenOptions()
await app.listen(port, host)
