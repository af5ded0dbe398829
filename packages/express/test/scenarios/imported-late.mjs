// The application listens before lameduck is even imported.
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import express from 'express'

const app = express()
const server = app.listen(0, '127.0.0.1', async () => {
  const { graceful } = await import('@lameduck/express')
  const lame = graceful(testOptions())
  observe(lame.lifecycle)
  app.use(lame)
  app.get('/slow', async ({ query }, res) => {
    say({ handling: true })
    await sleep(Number(query.ms))
    res.send('slow')
  })
  sayListening(lame.lifecycle, server.address().port)
})
