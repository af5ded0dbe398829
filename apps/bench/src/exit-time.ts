import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Forked } from './forked.js'
import type { Section } from './section.js'
import { median, quantile } from './statistics.js'

const cases = [
  { name: 'node:http with lameduck', args: ['http', 'lameduck'], path: '/slow' },
  { name: 'Fastify with lameduck', args: ['fastify', 'lameduck'], path: '/slow' },
  { name: '`process.exit()` as soon as the response is flushed', args: ['http', 'bare'], path: '/last' },
] as const

/** From the last byte of the last response to the end of the process, after SIGTERM. */
export async function measureExitTime(runs: number): Promise<Section> {
  const times: number[][] = cases.map(() => [])
  for (let i = 0; i < runs; i++) {
    for (const [at, { args, path }] of cases.entries()) {
      times[at]?.push(await exitTime(args, path))
    }
  }
  process.stderr.write(`exit time: ${runs} runs\n`)
  const results = cases.map(({ name }, at) => ({ name, of: times[at] ?? [] }))
  return {
    title: 'From the last response to the exit',
    how:
      `SIGTERM while one request is in flight, \`shutdownDelay: 0\` and \`linger: 0\`; from the moment the client (an agent ` +
      `of \`node:http\`, which keeps connections alive) has read the last byte to the end of the process; ${runs} runs by turns. ` +
      'The last line is the least that any process takes.',
    head: ['server', 'median, ms', '90 % below, ms'],
    rows: results.map(({ name, of }) => [name, median(of).toFixed(1), quantile(of, 0.9).toFixed(1)]),
    verdicts: results
      .slice(0, -1)
      .map(({ name, of }) => ({ goal: `${name}: at most 10 ms`, met: median(of) <= 10 })),
  }
}

async function exitTime(args: readonly string[], path: string): Promise<number> {
  await using subject = new Forked('subject.js', { args })
  const port = await subject.ask<number>('port')
  const agent = new Agent({ keepAlive: true })
  const answered = lastByte(agent, port, path)
  await sleep(10)
  if (path === '/slow') subject.child.kill('SIGTERM')
  const last = await answered
  const { code, at } = await subject.gone
  agent.destroy()
  if (code !== 0) throw new Error(`expected a clean exit, got ${code}: ${subject.output}`)
  return at - last
}

function lastByte(agent: Agent, port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ agent, host: '127.0.0.1', port, path }, (response) => {
      response.resume()
      response.once('end', () => resolve(performance.now()))
      response.once('error', reject)
    })
    request.once('error', reject)
  })
}
