// A service whose probes have a port of their own, with parts that are slow to start, to check and to stop.
import { subscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const { STARTUP = '', CHECKS = '', HOOK = '0' } = process.env

const application = createServer()
subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => {
  if (server !== application) say({ probes: server.address().port })
})

const lifecycle = createLifecycle({ probes: { port: 0, host: '127.0.0.1' }, ...testOptions() })
application.on('request', standardRoutes(lifecycle))

for (const task of STARTUP.split(',').filter(Boolean)) {
  const [name, ms] = task.split(' ')
  lifecycle.startup(name, async () => {
    await sleep(Number(ms))
    say({ started: name })
  })
}

const checks = {
  async good() {
    say({ checked: 'good' })
    await sleep(50)
  },
  throws() {
    throw new Error('the password is secret')
  },
  refuses: () => false,
  hangs: () => new Promise(() => {}),
}
for (const name of CHECKS.split(',').filter(Boolean)) lifecycle.check(name, checks[name], { timeout: 200 })

lifecycle.onStop('slow component', async () => {
  say({ component: 'stops' })
  await sleep(Number(HOOK))
  say({ component: 'has stopped' })
})
startStandardServer(lifecycle, application)
