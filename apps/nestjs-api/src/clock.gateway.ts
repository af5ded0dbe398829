import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'

/** Tells the time on a WebSocket: `{"event":"time"}` on `/clock`. */
@WebSocketGateway({ path: '/clock' })
export class ClockGateway {
  @SubscribeMessage('time')
  time() {
    return { event: 'time', data: new Date().toISOString() }
  }
}
