// Says which functions of ours run for requests while nothing drains, whatever is done to Node's objects.
import { once } from 'node:events'
import { roughWays, sayWhatRuns, unzip } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/express'
import express from 'express'

const app = express()
app.use(graceful({ platform: 'none', logger: false }))
app.post('/zip', unzip)
app.use((req, res) => {
  roughWays[req.path]?.(req, res)
  res.send('fine')
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
await sayWhatRuns(server.address().port, Object.keys(roughWays))
