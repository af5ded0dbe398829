import { RestApplication } from '@loopback/rest'
import { closed, slow } from '../slow.mjs'

export const app = new RestApplication({ rest: { port: Number(process.env.PORT), host: process.env.HOST } })
app.handler(async ({ request, response }, sequence) => {
  sequence.send(response, request.url === '/slow' ? await slow() : 'quick')
})
app.onStop(closed)
