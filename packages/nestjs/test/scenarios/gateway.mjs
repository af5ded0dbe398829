// A WebSocket gateway beside a controller.
import { say, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule } from '@lameduck/nestjs'
import { Module } from '@nestjs/common'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { decorate } from '../subjects/decorate.mjs'
import { createApplication, listen } from './create-application.mjs'

const { GATEWAY, OWN_PORT } = process.env

class Echo {
  echo(_client, data) {
    return { event: 'echo', data }
  }
  handleDisconnect() {
    say({ event: 'left' })
  }
  onModuleDestroy() {
    say({ event: 'destroyed' })
  }
}
const gateway = OWN_PORT ? WebSocketGateway(Number(OWN_PORT)) : WebSocketGateway()
decorate(Echo, [gateway], { echo: [SubscribeMessage('echo')] })

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], providers: [Echo] })])

const app = await createApplication(App)
if (GATEWAY === 'ws') {
  const { WsAdapter } = await import('@nestjs/platform-ws')
  app.useWebSocketAdapter(new WsAdapter(app))
}
await listen(app)
