// What a test suite does: a server for each request, and nobody stops the lifecycle. The process ends by itself.
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/express'
import express from 'express'
import supertest from 'supertest'

process.on('warning', ({ name }) => say({ warning: name }))
const app = express()
app.use(graceful({ logger: false }))
const servers = []
app.get('/', (req, res) => {
  servers.push(new WeakRef(req.socket.server))
  res.send('fine')
})
for (let i = 0; i < 300; i++) await supertest(app).get('/').expect(200)
await sleep(50)
globalThis.gc()
await sleep(50)
globalThis.gc()
say({ servers: servers.length, kept: servers.filter((server) => server.deref() !== undefined).length })
