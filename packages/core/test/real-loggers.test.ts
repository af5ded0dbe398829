import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, test } from 'vitest'
import winston from 'winston'
import { audible } from '../src/events/audible.js'
import type { Logger } from '../src/events/logger.js'
import { createTestBench } from '../src/testing/index.js'

/** What JSON lines have come. */
function collected() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n').filter(Boolean)) lines.push(JSON.parse(line))
      done()
    },
  })
  return { lines, stream }
}

const fails = () => {
  throw new Error('no answer', { cause: new Error('reset') })
}

/** Drains a lifecycle whose hook fails, with `logger`. */
async function drainWith(logger: Logger) {
  const lifecycle = createTestBench().createLifecycle({ logger })
  lifecycle.onStop('database', fails)
  await lifecycle.stop()
}

test("pino: the service's name stays its own, and the report's errors are whole", async () => {
  const { lines, stream } = collected()
  await drainWith(pino({ name: 'shop' }, stream))
  expect(lines.map(({ name }) => name)).toEqual(lines.map(() => 'shop'))
  const hook = lines.find(({ step }) => step === 'hook')
  expect(hook).toMatchObject({
    hook: { name: 'database', outcome: 'failed' },
    err: { message: expect.stringContaining('no answer'), stack: expect.any(String) },
  })
  expect(lines.at(-1)).toMatchObject({
    report: {
      hooks: [{ error: { message: 'no answer', stack: expect.any(String), cause: { message: 'reset' } } }],
    },
  })
})

for (const kind of ['a logger', 'a child', 'winston itself'] as const) {
  test(`winston, ${kind}: texts are texts, and errors are whole`, async () => {
    const { lines, stream } = collected()
    const options = { format: winston.format.json(), transports: [new winston.transports.Stream({ stream })] }
    winston.configure(options)
    const own = winston.createLogger(options)
    const logger = kind === 'a logger' ? own : kind === 'a child' ? own.child({ service: 'shop' }) : winston
    await drainWith(logger as unknown as Logger)
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/^hook "database" failed after \d+ ms$/),
        err: expect.objectContaining({
          message: 'no answer',
          cause: expect.objectContaining({ message: 'reset' }),
        }),
      }),
    )
    expect(lines.at(-1)).toMatchObject({
      message: expect.stringMatching(/^stopped after/),
      report: { exitCode: 1 },
    })
  })
}

const recorder = () => {
  const said: string[] = []
  const at = (level: string) => (_: object, text: string) => void said.push(`${level} ${text}`)
  return { said, logger: { info: at('info'), warn: at('warn'), error: at('error') } }
}

const speak = (logger: Logger) => {
  logger.debug?.({}, 'plan')
  logger.info({}, 'ready')
  logger.warn({}, 'careful')
  logger.error({}, 'failed')
}

test('where a framework has a stand-in for a logger, the console hears warnings and errors', () => {
  const nothing = () => {}
  const { said, logger } = recorder()
  speak(audible({ debug: nothing, info: nothing, warn: nothing, error: nothing }, logger))
  expect(said).toEqual(['warn careful', 'error failed'])
})

test('a logger that was silenced stays silent', () => {
  const { said, logger } = recorder()
  const silent = pino({ level: 'silent' })
  expect(silent.info).toBe(silent.error)
  speak(audible(silent, logger))
  expect(said).toEqual([])
})

test('a logger that says it is silent is asked for each line, and keeps its lines otherwise', () => {
  const { said, logger } = recorder()
  const own = recorder()
  let isSilent = true
  const heard = audible({ ...own.logger, isSilent: () => isSilent }, logger)
  heard.warn({}, 'first')
  isSilent = false
  heard.warn({}, 'second')
  expect([said, own.said]).toEqual([['warn first'], ['warn second']])
})
