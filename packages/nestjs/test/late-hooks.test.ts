import 'reflect-metadata'
import { once } from 'node:events'
import { get, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import {
  type BeforeApplicationShutdown,
  Controller,
  Get,
  Injectable,
  Module,
  type OnModuleDestroy,
  Res,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

const order: string[] = []

class Database implements OnModuleDestroy {
  onModuleDestroy() {
    order.push('database closed')
  }
}

@Controller()
class Streams implements BeforeApplicationShutdown {
  readonly open = new Set<ServerResponse>()
  @Get('stream') stream(@Res() response: ServerResponse) {
    response.writeHead(200).write('begun')
    response.on('close', () => order.push('stream closed'))
    this.open.add(response)
  }
  beforeApplicationShutdown() {
    for (const response of this.open) response.end()
  }
}

/** A WebSocket server that nobody attached. */
@Injectable()
class Sockets implements OnModuleDestroy {
  readonly server = new WebSocketServer({ noServer: true })
  listenTo(http: Server) {
    http.on('upgrade', (request, socket, head) =>
      this.server.handleUpgrade(request, socket, head, (client) => {
        client.on('close', () => order.push('socket closed'))
      }),
    )
  }
  onModuleDestroy() {
    for (const client of this.server.clients) client.close(1001)
  }
}

@Module({
  imports: [GracefulModule.forRoot({ signals: false, crash: false, logger: false, gracePeriod: 30_000 })],
  controllers: [Streams],
  providers: [Database, Sockets, { provide: 'ALIAS', useExisting: Database }],
})
class App {}

async function start() {
  order.length = 0
  const app = await NestFactory.create(App, { logger: false })
  app.get(Sockets).listenTo(app.getHttpServer())
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  const lifecycle = app.get(LIFECYCLE)
  const warnings: string[] = []
  lifecycle.on('warning', ({ message }: { message: string }) => void warnings.push(message))
  const lateHooks = () => warnings.filter((message) => message.includes('lifecycle.signal'))
  return { port, stop: () => lifecycle.stop({ timeout: 500 }), lateHooks }
}

const all = /: Database\.onModuleDestroy, Sockets\.onModuleDestroy, Streams\.beforeApplicationShutdown\./

test('at the cutoff a warning names the hooks that come too late for a stream, and no database closes under it', {
  timeout: 60_000,
}, async () => {
  const { port, stop, lateHooks } = await start()
  const [response] = await once(get({ port, path: '/stream' }), 'response')
  const broken = once(response.resume(), 'error')
  const stopped = stop()
  await broken
  expect((await stopped).cut).toHaveLength(1)
  expect(order).toEqual(['stream closed', 'database closed'])
  expect(lateHooks()).toEqual([expect.stringMatching(all)])
})

test('so it does for a WebSocket', { timeout: 60_000 }, async () => {
  const { port, stop, lateHooks } = await start()
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(client, 'open')
  const closed = once(client, 'close')
  expect((await stop()).cut).toMatchObject([{ kind: 'upgraded' }])
  await closed
  expect(order).toEqual(['socket closed', 'database closed'])
  expect(lateHooks()).toEqual([expect.stringMatching(all)])
})

test('where nothing is cut, nothing is said', { timeout: 60_000 }, async () => {
  const { stop, lateHooks } = await start()
  expect((await stop()).clean).toBe(true)
  expect(order).toEqual(['database closed'])
  expect(lateHooks()).toEqual([])
})
