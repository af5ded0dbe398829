// What the services of these scenarios do, over HTTP and by message: each says what it is about.
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from '@lameduck/conformance/subject'
import { Controller, Get, Query } from '@nestjs/common'
import { EventPattern, MessagePattern } from '@nestjs/microservices'
import { interval, map, take } from 'rxjs'
import { decorate, parameters } from '../subjects/decorate.mjs'

/** Answers once. */
export class Sums {
  async slow(ms) {
    await sleep(Number(ms))
    say({ event: 'answered' })
    return 'slow'
  }
  async add(numbers) {
    say({ heard: 'add' })
    await sleep(numbers[0])
    say({ event: 'added' })
    return numbers.reduce((sum, each) => sum + each, 0)
  }
  onModuleDestroy() {
    say({ event: 'destroyed' })
  }
}
parameters(Sums, 'slow', [Query('ms')])
decorate(Sums, [Controller()], { slow: [Get('slow')], add: [MessagePattern('add')] })

/** Answers several times as well, or never. */
export class Series extends Sums {
  count({ every, times }) {
    say({ heard: 'count' })
    return interval(every).pipe(
      take(times),
      map((i) => i + 1),
    )
  }
  async note(ms) {
    say({ heard: 'note' })
    await sleep(ms)
    say({ event: 'noted' })
  }
}
decorate(Series, [Controller()], { count: [MessagePattern('count')], note: [EventPattern('note')] })
