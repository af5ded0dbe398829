import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { exit, kill } from 'node:process'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const { exit: exitTakenBefore } = process

/** Handlers as people and libraries write them, by name. */
const kinds = {
  exits: () => process.exit(0),
  exitsWithItsSignal: () => process.exit(143),
  exitsWith: () => process.exit(7),
  exitsByCtrlC: () => process.exit(130),
  exitsWithAText: () => process.exit(/** @type {any} */ ('a text')),
  looksWhoElseListens: () => {
    say({ called: 'looksWhoElseListens' })
    if (process.listenerCount('SIGTERM') > 0) process.exit(9)
  },
  exitsByName: () => exit(7),
  exitsByEarlyName: () => exitTakenBefore(143),
  exitsByCode: () => {
    process.exitCode = 143
    process.exit()
  },
  killsItselfByName: () => kill(process.pid, 'SIGTERM'),
  endsAsNodemonDoes: () => kill(process.pid, 'SIGUSR2'),
  emitsCtrlC: () => process.emit('SIGINT'),
  sendsCtrlC: () => void setTimeout(() => process.kill(process.pid, 'SIGINT'), 100),
  asksAboutSomethingElse: async () => {
    if (new EventEmitter().listenerCount('job') > 0) return
    await new Promise((resolve) => void setTimeout(resolve, 10))
    process.exit(7)
  },
  waitsForTheStop: async () => {
    const { clean } = await lifecycle.stop()
    say({ waited: clean })
    process.exit(0)
  },
  shared: () => say({ called: 'shared' }),
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
const {
  before = [],
  after = [],
  drop = false,
  isWrapped = false,
  next = '',
} = JSON.parse(process.env.HANDLERS ?? '{}')

const install = ([kind, how = 'on', signal = 'SIGTERM']) => {
  // Known by its source, or by being the same: nothing is put around it.
  if (kind === 'looksWhoElseListens' || kind === 'shared') return process[how](signal, kinds[kind])
  process[how](signal, function (...args) {
    say({ called: kind, args, isProcess: this === process })
    return kinds[kind]()
  })
}

if (isWrapped) {
  const { on } = process
  process.on = function (event, listener) {
    return on.call(this, event, (...args) => listener.apply(this, args))
  }
}
before.forEach(install)
// It waits until the event loop looks for it.
if (next === 'early signal') process.kill(process.pid, 'SIGTERM')
const lifecycle = createLifecycle(testOptions())
lifecycle.onStop('database', () => say({ called: 'onStop' }))
lifecycle.on('deferred', ({ handlers }) => say({ deferred: handlers }))
after.forEach(install)
if (drop === 'all') process.removeAllListeners()
else if (drop) process.removeAllListeners(drop)
say({ listeners: process.listenerCount('SIGTERM') })
process.on('exit', (code) => say({ exit: code }))
if (next === 'crash') lifecycle.on('ready', () => Promise.reject(new Error('bug')))
if (next === 'stop') {
  await lifecycle.stop()
  say({ left: process.listenerCount('SIGTERM') })
  setInterval(() => {}, 1000)
}
if (next !== 'stop') startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
