import { setTimeout as sleep } from 'node:timers/promises'
import { Forked } from '../forked.js'
import type { Section } from '../section.js'
import { clientScenes } from './client-scenes.js'
import { exitScenes } from './exit-scenes.js'
import { requestScenes } from './request-scenes.js'
import { bad, type Outcome, patience, type Scene, type Stage } from './scene.js'

const scenes = [...requestScenes, ...clientScenes, ...exitScenes]
const equipments = [
  'lameduck',
  'plain',
  'terminus',
  'http-terminator',
  'stoppable',
  'http-graceful-shutdown',
  'graceful-server',
  'close-with-grace',
]
/** As long as the others' limit, less what lameduck keeps for its margin and for forcing. */
const options = { gracePeriod: 5000, shutdownDelay: 300, linger: 300 }

/** What every peer does in every scene. */
export async function measureDrains(some = scenes.length): Promise<Section> {
  const played: { title: string; outcomes: Outcome[] }[] = []
  for (const scene of scenes.slice(0, some)) {
    const outcomes = await Promise.all(equipments.map((equipment) => playAlone(scene, equipment)))
    played.push({ title: scene.title, outcomes })
    process.stderr.write(`drains: ${scene.title}\n`)
  }
  const own = played.filter(({ outcomes }) => outcomes[0]?.good).length
  return {
    title: 'The same drains with others',
    how:
      'What becomes of clients around a SIGTERM. Each library does what its documentation shows, with a limit of 4 s ' +
      'where it has one; plain is `server.close()` and `server.closeIdleConnections()`; lameduck has ' +
      `\`${JSON.stringify(options).replaceAll('"', '')}\`. Bold is what a client or a platform suffers from. ` +
      'Versions are those of `apps/bench/package.json`.',
    head: ['', ...equipments],
    rows: played.map(({ title, outcomes }) => [
      title,
      ...outcomes.map(({ good, text }) => (good ? text : `**${text}**`)),
    ]),
    verdicts: [{ goal: 'lameduck: nothing in bold', met: own === played.length }],
  }
}

async function playAlone(scene: Scene, equipment: string): Promise<Outcome> {
  await using subject = new Forked('subject.js', {
    args: [scene.framework ?? 'http', equipment, JSON.stringify(options)],
  })
  const stage: Stage = {
    subject,
    port: await subject.ask<number>('port'),
    begun: begun(subject),
    ...stopwatch(subject),
  }
  // Awaited here: the subject ends with this function.
  return await Promise.race([
    scene.play(stage).catch((error: unknown) => bad(String(error))),
    sleep(2 * patience, bad('hangs'), { ref: false }),
  ])
}

const begun =
  (subject: Forked): Stage['begun'] =>
  async (requests = 1) => {
    while ((await subject.ask<number>('begun')) < requests) await sleep(5)
  }

function stopwatch(subject: Forked): Pick<Stage, 'stop' | 'exit'> {
  let stoppedAt = 0
  return {
    stop() {
      stoppedAt = performance.now()
      subject.child.kill('SIGTERM')
    },
    async exit() {
      const gone = await Promise.race([subject.gone, sleep(patience, undefined, { ref: false })])
      return gone && gone.at - stoppedAt
    },
  }
}
