// Drained by lameduck. What it has answered is in memory until it stops; then it goes to disk, in this order: nothing
// new is begun, the journal is written, the file is closed.
import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLifecycle } from '@lameduck/core'

const { PORT, HOST, RECORDS, LAMEDUCK_GRACE_PERIOD } = process.env
const record = { gracePeriod: Number(LAMEDUCK_GRACE_PERIOD), order: [], openRequests: 0 }
const journal = openSync(join(RECORDS, `${PORT}.journal`), 'w')
const answered = []

const server = createServer(async (request, response) => {
  record.openRequests++
  await request.resume().toArray()
  await sleep(5 + Math.random() * 40)
  answered.push(`${request.method} ${request.url}`)
  record.openRequests--
  response.end('written down')
})
server.keepAliveTimeout = 75_000

const lifecycle = createLifecycle({ logger: false })
lifecycle.onStop('descriptors', () => {
  closeSync(journal)
  record.order.push('descriptors')
  writeFileSync(join(RECORDS, `${PORT}.json`), JSON.stringify(record))
})
lifecycle.onStop('flush', async () => {
  for (const line of answered) writeSync(journal, `${line}\n`)
  fsyncSync(journal)
  await sleep(50)
  record.order.push('flush')
})
lifecycle.onStop('transactions', async () => {
  await sleep(50)
  record.order.push(`transactions, ${record.openRequests} open`)
})
lifecycle.attach(server)
server.listen(Number(PORT), HOST, () => lifecycle.ready())
