import { Module } from '@nestjs/common'
import { TerminusModule } from '@nestjs/terminus'
import { ClockGateway } from './clock.gateway.js'
import { RoutesController } from './routes.controller.js'
import { StoreService } from './store.service.js'

/** What the service does. */
@Module({
  imports: [TerminusModule],
  controllers: [RoutesController],
  providers: [StoreService, ClockGateway],
})
export class ServiceModule {}
