import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { forkScenario } from './scenarios/start-scenario.js'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  .split('.')
  .map(Number)
const sharesPorts = process.platform === 'linux' && (major > 22 || (major === 22 && minor >= 12))
if (!sharesPorts)
  console.log(`skipped: listen({ reusePort: true }) needs Linux and Node 22.12, not ${major}.${minor}`)

describe.skipIf(!sharesPorts)('a server that shares its port by reusePort', { timeout: 120_000 }, () => {
  test.each([
    ['', {}],
    [', as a worker of a cluster', { IN_A_WORKER: '1' }],
  ])('leaves its siblings whoever comes as it closes, and resets nobody%s', async (_where, env) => {
    await using server = forkScenario('shared-port', { env })
    const { answers, seen } = await server.line('answers')
    expect(answers).toEqual(['sibling', 'sibling', 'sibling'])
    // What it has sent to itself to see which queue it gets is not the application's business.
    expect(seen).toBe(0)
  })
})

if (process.platform !== 'linux') console.log('skipped: only Linux has a queue that workers share')

test.skipIf(process.platform !== 'linux')(
  'a worker under SCHED_NONE leaves the queue to the others as it is: who is in it is served, and nobody else is',
  { timeout: 120_000 },
  async () => {
    await using server = forkScenario('shared-queue')
    expect(await server.line('answers')).toEqual({ answers: ['sibling', 'sibling', 'sibling'], seen: 3 })
  },
)
