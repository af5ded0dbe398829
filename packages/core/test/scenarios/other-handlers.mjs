import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

/** Handlers as people and libraries write them, by name. */
const kinds = {
  exits: () => process.exit(0),
  exitsWithItsSignal: () => process.exit(143),
  exitsWith: () => process.exit(7),
  exitsByCtrlC: () => process.exit(130),
  looksWhoElseListens: () => {
    say({ called: 'looksWhoElseListens' })
    if (process.listenerCount('SIGTERM') > 0) process.exit(9)
  },
  exitsLater: () => void setTimeout(() => process.exit(7), 100),
  killsItself: () => process.kill(process.pid, 'SIGTERM'),
  killsItselfLater: () => void setTimeout(() => process.kill(process.pid, 15), 100),
  resolves: () => new Promise((resolve) => void setTimeout(resolve, 200)).then(() => say({ resolved: true })),
  rejects: async () => {
    throw new Error('tracing is stuck')
  },
  throws: () => {
    throw new Error('no manners')
  },
  hangs: () => new Promise(() => {}),
  returns: () => {},
  isSlow: () => void setTimeout(() => say({ finished: true }), 300),
  keepsTheLoop: () => void setInterval(() => {}, 1000),
}
const { before = [], after = [], drop = false } = JSON.parse(process.env.HANDLERS ?? '{}')

const install = ([kind, how = 'on', signal = 'SIGTERM']) => {
  // It is known by its source, so nothing is put around it.
  if (kind === 'looksWhoElseListens') return process[how](signal, kinds[kind])
  process[how](signal, function (...args) {
    say({ called: kind, args, isProcess: this === process })
    return kinds[kind]()
  })
}

before.forEach(install)
const lifecycle = createLifecycle(testOptions())
lifecycle.onStop('database', () => say({ called: 'onStop' }))
lifecycle.on('deferred', ({ handlers }) => say({ deferred: handlers }))
after.forEach(install)
if (drop === 'all') process.removeAllListeners()
else if (drop) process.removeAllListeners(drop)
say({ listeners: process.listenerCount('SIGTERM') })
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
