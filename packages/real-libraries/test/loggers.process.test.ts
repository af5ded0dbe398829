import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './start-scenario.js'

/** Drains a service with this logger; all that it has printed, wherever it goes. */
async function printed(LOGGER: string, more: Record<string, string> = {}) {
  const FILE = join(
    tmpdir(),
    `lameduck-${process.pid}-${LOGGER.replace(/\W+/g, '-')}${Object.keys(more)}.log`,
  )
  try {
    await using server = await startScenario('logged', {
      options: { ...quick, shutdownDelay: 0, linger: 0 },
      env: { LOGGER, FILE, ...more },
    })
    server.signal()
    const exit = await server.exited()
    return { exit, text: exit.stdout + (existsSync(FILE) ? readFileSync(FILE, 'utf8') : '') }
  } finally {
    rmSync(FILE, { force: true })
  }
}

describe.concurrent('what is printed at the end arrives:', () => {
  for (const logger of [
    'winston to a file',
    'winston to the console',
    'pino',
    'pino to a file, by a worker',
    'pino-pretty',
  ]) {
    test(logger, async () => {
      const { exit, text } = await printed(logger, { LINES: '5000' })
      expect(exit).toMatchObject({ code: 0, stderr: '' })
      expect(text.match(/last line \d+ of the application/g)).toHaveLength(5000)
      expect(text).toMatch(/stopped after/)
    })
  }
})

describe.concurrent('a logger that onStop has ended', () => {
  for (const logger of ['winston to a file', 'winston to the console']) {
    test(`${logger}: what it was told before arrives, and the console has what comes later`, async () => {
      const { exit, text } = await printed(logger, { LINES: '10', ENDS: '1' })
      expect(exit.code).toBe(0)
      expect(text.match(/last line \d+ of the application/g)).toHaveLength(10)
      expect(exit.stderr).toContain('stopped after')
      expect(exit.stderr).not.toMatch(/^ +at /m)
    })
  }
})
