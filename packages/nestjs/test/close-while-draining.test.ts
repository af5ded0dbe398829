import 'reflect-metadata'
import type { Lifecycle } from '@lameduck/core'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false, gracePeriod: 30_000 } as const

for (const step of ['onStop', 'onDrain'] as const) {
  test(`app.close() in ${step} settles, and the hooks of Nest run once`, { timeout: 60_000 }, async () => {
    const order: string[] = []
    class App {
      onModuleDestroy() {
        order.push('onModuleDestroy')
      }
    }
    Module({ imports: [GracefulModule.forRoot(options)] })(App)
    const app = await NestFactory.create(App, { logger: false })
    const lifecycle = app.get<Lifecycle>(LIFECYCLE)
    const close = async () => {
      await app.close()
      order.push('closed')
    }
    if (step === 'onStop') lifecycle.onStop('app', close)
    else lifecycle.onDrain(close)
    await app.listen(0, '127.0.0.1')
    expect(await lifecycle.stop()).toMatchObject({ clean: true, exitCode: 0 })
    expect(order).toEqual(['onModuleDestroy', 'closed'])
  })
}
