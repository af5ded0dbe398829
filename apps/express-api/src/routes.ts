import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import express, { type Express } from 'express'

/** What the service does, whichever way it is stopped: a fast answer, a slow one, a streamed one, and an upload. */
export function addRoutes(app: Express): void {
  app.use(express.json())

  app.get('/', (_req, res) => void res.json({ hello: 'world' }))

  app.get('/slow', async (req, res) => {
    const ms = Number(req.query['ms'] ?? 500)
    if (!(ms >= 0 && ms <= 60_000)) {
      res.status(400).json({ error: 'ms: expected 0 to 60000' })
      return
    }
    await sleep(ms)
    res.json({ waited: ms })
  })

  app.get('/stream', async (_req, res) => {
    res.type('text/plain')
    await pipeline(countdown, res)
  })

  app.post('/upload', async (req, res) => {
    let bytes = 0
    for await (const chunk of req) bytes += (chunk as Buffer).length
    res.json({ bytes })
  })
}

async function* countdown() {
  for (let n = 10; n > 0; n--) {
    yield `${n}\n`
    await sleep(50)
  }
}
