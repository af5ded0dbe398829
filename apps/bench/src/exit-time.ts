import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { peers } from './equipment.js'
import { Forked } from './forked.js'
import type { Section } from './section.js'
import { median, quantile } from './statistics.js'

interface Case {
  readonly name: string
  readonly args: readonly string[]
  readonly path: '/slow' | '/last'
}

const own: readonly Case[] = [
  { name: 'node:http with lameduck', args: ['http', 'lameduck'], path: '/slow' },
  { name: 'Fastify with lameduck', args: ['fastify', 'lameduck'], path: '/slow' },
  { name: 'Express with lameduck', args: ['express', 'lameduck'], path: '/slow' },
  { name: '`process.exit()` as soon as the response is flushed', args: ['http', 'bare'], path: '/last' },
]
const others: readonly Case[] = Object.keys(peers).map((name) => ({
  name: `node:http with ${name}`,
  args: ['http', name],
  path: '/slow',
}))
/** Others are run less often: some take all the time they are given. */
const otherRuns = 5
/** How long a process is waited for, in milliseconds. */
const patience = 6000

/** From the last byte of the last response to the end of the process, after SIGTERM. */
export async function measureExitTime(runs: number): Promise<Section> {
  const times = new Map<Case, number[]>([...own, ...others].map((each) => [each, []]))
  for (let i = 0; i < runs; i++) {
    for (const [each, measured] of times) {
      if (own.includes(each) || i < otherRuns) measured.push(await exitTime(each))
    }
  }
  process.stderr.write(`exit time: ${runs} runs\n`)
  const shown = (time: number) => (time < patience ? time.toFixed(1) : `more than ${patience}`)
  return {
    title: 'From the last response to the exit',
    how:
      `SIGTERM while one request is in flight, \`shutdownDelay: 0\` and \`linger: 0\`; from the moment the client (an agent ` +
      `of \`node:http\`, which keeps connections alive) has read the last byte to the end of the process; ${runs} runs by turns. ` +
      `\`process.exit()\` is the least that any process takes. The others, with a limit of 4 s where they have one, ` +
      `${Math.min(runs, otherRuns)} runs.`,
    head: ['server', 'median, ms', '90 % below, ms'],
    rows: [...times].map(([{ name }, of]) => [name, shown(median(of)), shown(quantile(of, 0.9))]),
    verdicts: [...times]
      .filter(([{ args }]) => args.includes('lameduck'))
      .map(([{ name }, of]) => ({ goal: `${name}: at most 10 ms`, met: median(of) <= 10 })),
  }
}

async function exitTime({ args, path }: Case): Promise<number> {
  await using subject = new Forked('subject.js', { args })
  const port = await subject.ask<number>('port')
  const agent = new Agent({ keepAlive: true })
  const answered = lastByte(agent, port, path)
  while ((await subject.ask<number>('begun')) === 0) await sleep(1)
  if (path === '/slow') subject.child.kill('SIGTERM')
  const last = await answered
  const gone = await Promise.race([subject.gone, sleep(patience, undefined, { ref: false })])
  agent.destroy()
  if (args.includes('lameduck') && gone?.code !== 0) {
    throw new Error(`expected a clean exit, got ${gone?.code}: ${subject.output}`)
  }
  return gone ? gone.at - last : patience
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
