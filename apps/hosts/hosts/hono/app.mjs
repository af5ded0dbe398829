import { Hono } from 'hono'
import { slow } from '../slow.mjs'

export const app = new Hono()
app.get('/quick', (context) => context.text('quick'))
app.get('/slow', async (context) => context.text(await slow()))
