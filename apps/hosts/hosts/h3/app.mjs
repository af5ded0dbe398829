import { H3 } from 'h3'
import { slow } from '../slow.mjs'

export const app = new H3()
app.get('/quick', () => 'quick')
app.get('/slow', slow)
