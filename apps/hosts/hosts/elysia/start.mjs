import { node } from '@elysiajs/node'
import { Elysia } from 'elysia'
import { closed, slow } from '../slow.mjs'

new Elysia({ adapter: node() })
  .get('/quick', () => 'quick')
  .get('/slow', slow)
  .onStop(closed)
  .listen(Number(process.env.PORT))
