// A service whose logger, which $LOGGER names, lameduck is given as well; `onStop` prints through it, and ends it if $ENDS is set.
import { createServer } from 'node:http'
import { sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import pino from 'pino'
import winston from 'winston'

const { LOGGER, FILE: filename, LINES, ENDS } = process.env
const json = winston.format.json()
const loggers = {
  'winston to a file': () =>
    winston.createLogger({ format: json, transports: [new winston.transports.File({ filename })] }),
  'winston to the console': () =>
    winston.createLogger({ format: json, transports: [new winston.transports.Console()] }),
  'pino to a file, by a worker': () =>
    pino({ transport: { target: 'pino/file', options: { destination: filename } } }),
  'pino-pretty': () => pino({ transport: { target: 'pino-pretty', options: { destination: filename } } }),
  pino: () => pino(pino.destination({ dest: filename, sync: false })),
}

const logger = loggers[LOGGER]()
const print = LOGGER.startsWith('winston') ? (text) => logger.info(text) : (text) => logger.info({}, text)
const lifecycle = createLifecycle({ ...testOptions(), logger })
const server = createServer()
lifecycle.attach(server)
lifecycle.onStop('last lines', () => {
  for (let number = 0; number < Number(LINES); number++) print(`last line ${number} of the application`)
  if (ENDS) logger.end()
})
server.listen(0, '127.0.0.1', async () => {
  await lifecycle.ready()
  await sayListening(lifecycle, server.address().port)
})
