import { join } from 'node:path'
import { createProgressPrinter, type RehearseOptions, rehearse, renderReport } from '@lameduck/rehearse'
import type { Host } from './host.js'
import { plain } from './questions.js'
import { preload } from './ways.js'

/** What became of the requests of several roll-outs. */
export interface RolledOut {
  readonly rollouts: number
  readonly requests: number
  readonly lost: number
  readonly refused: number
}

interface Settings {
  readonly cwd: string
  readonly node: string
}

type Probes = Pick<RehearseOptions, 'ready' | 'live'>

const rollouts = 5

/** Replaces three replicas of a host, five times, under load: without lameduck and with the preload. */
export async function rehearseHost(
  host: Host,
  { cwd, node }: Settings,
): Promise<Record<'without' | 'preload', RolledOut>> {
  const { quick } = host.questions ?? plain
  // Where the replicas are started, too.
  process.chdir(cwd)
  const started = [join(cwd, host.start.script), ...(host.start.arguments ?? [])]
  const roll = async (name: string, nodeArguments: readonly string[], probes: Probes): Promise<RolledOut> => {
    console.log(`\n${host.title}, ${name}\n`)
    const printer = createProgressPrinter(process.stdout)
    const report = await rehearse(
      {
        command: [node, ...nodeArguments, ...started],
        path: quick.path,
        expect: quick.answer,
        rollouts,
        rps: 100,
        ...probes,
      },
      { observe: printer.observe },
    )
    printer.clear()
    console.log(renderReport(report))
    const { requests, lost, refused } = report.totals
    return { rollouts, requests, lost, refused }
  }
  return {
    without: await roll('without lameduck', [], { ready: quick.path, live: quick.path }),
    preload: await roll('with the preload', preload, { ready: '/readyz', live: '/livez' }),
  }
}
