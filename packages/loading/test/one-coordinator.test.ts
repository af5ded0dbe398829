import { nodeVersions } from '@lameduck/node-versions'
import { expect, inject, test } from 'vitest'
import { run } from './consumer/run.js'

interface Line {
  readonly servers?: readonly { readonly name: string; readonly port: number }[]
  readonly copies?: number
  readonly listeners?: number
  readonly asked?: string
  readonly answered?: string
  readonly stopped?: string
}

const linesOf = (output: string) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

test.each(nodeVersions())(
  'on Node $version three copies of core share one coordinator',
  async ({ binary }) => {
    let answers: Promise<string>[] | undefined
    let isSignalled = false
    const { code, signal, output } = await run(binary, ['three-copies.mjs'], {
      cwd: inject('consumer'),
      onOutput(soFar, kill) {
        const lines = linesOf(soFar.slice(0, soFar.lastIndexOf('\n')))
        const servers = lines.find((line) => line.servers !== undefined)?.servers
        answers ??= servers?.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/`)).text())
        if (isSignalled || lines.filter(({ asked }) => asked !== undefined).length < 3) return
        isSignalled = true
        kill('SIGTERM')
      },
    })
    const lines = linesOf(output)
    expect(lines[0]).toMatchObject({ copies: 3, listeners: 1 })
    expect(await Promise.all(answers ?? [])).toEqual(['imported', 'required', 'another'])
    // No hook runs before every copy has answered.
    const steps = lines.slice(1).map((line) => Object.keys(line)[0])
    expect(steps).toEqual([
      ...Array(3).fill('asked'),
      ...Array(3).fill('answered'),
      ...Array(3).fill('stopped'),
    ])
    expect({ code, signal, output }).toMatchObject({ code: 0, signal: null })
  },
)
