import Koa from 'koa'
import { slow } from '../slow.mjs'

export const app = new Koa()
app.use(async (context) => {
  context.body = context.path === '/slow' ? await slow() : 'quick'
})
