import { ReadinessCheck, StartupTask } from '@lameduck/nestjs'
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import { HealthIndicatorService } from '@nestjs/terminus'

/** Stands for a database: what asks it after it was closed fails. */
@Injectable()
export class StoreService implements OnModuleDestroy {
  #state: 'closed' | 'open' = 'closed'

  constructor(private readonly health: HealthIndicatorService) {}

  @StartupTask('open the store')
  async open(): Promise<void> {
    this.#state = 'open'
  }

  /** As every indicator of terminus is written; readiness is red while it is down. */
  @ReadinessCheck('store')
  async isHealthy() {
    const indicator = this.health.check('store')
    return this.#state === 'open' ? indicator.up() : indicator.down(this.#state)
  }

  /** Gives back what it was given. */
  async echo<Value>(value: Value): Promise<Value> {
    if (this.#state !== 'open') throw new Error(`the store is ${this.#state}`)
    return value
  }

  onModuleDestroy(): void {
    this.#state = 'closed'
  }
}
