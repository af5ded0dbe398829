import { once } from 'node:events'
import { eventHandler } from 'h3'

export default eventHandler(async () => {
  console.log('{"asked":true}')
  await once(process, 'SIGUSR2')
  return 'slow'
})
