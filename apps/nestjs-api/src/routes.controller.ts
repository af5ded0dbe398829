import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Controller, Get, ParseIntPipe, Post, Query, Req, StreamableFile } from '@nestjs/common'
import type { Request } from 'express'
import { StoreService } from './store.service.js'

/** A fast answer, a slow one, a streamed one, and an upload. */
@Controller()
export class RoutesController {
  constructor(private readonly store: StoreService) {}

  @Get()
  hello() {
    return this.store.echo({ hello: 'world' })
  }

  /** Asks the store at the very end. */
  @Get('slow')
  async slow(@Query('ms', new ParseIntPipe({ optional: true })) ms = 500) {
    await sleep(Math.min(Math.max(ms, 0), 60_000))
    return this.store.echo({ waited: ms })
  }

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(countdown()), { type: 'text/plain' })
  }

  @Post('upload')
  async upload(@Req() request: Request) {
    let bytes = 0
    for await (const chunk of request) bytes += (chunk as Buffer).length
    return this.store.echo({ bytes })
  }
}

async function* countdown() {
  for (let n = 10; n > 0; n--) {
    yield Buffer.from(`${n}\n`)
    await sleep(50)
  }
}
