import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { examine, filesOf } from '../src/index.js'
import { inColour, plain } from '../src/output/paint.js'
import { renderText } from '../src/output/text.js'
import { rules } from '../src/rules/all.js'
import { dockerfile } from './cases/manifests.js'
import { folderWith, runDoctor } from './run-doctor.js'

const bad = { Dockerfile: dockerfile('CMD node main.js') }

describe('annotations of GitHub', () => {
  test('are one a line, with what GitHub takes for its own escaped', () => {
    const { out, code } = runDoctor(['--format', 'github'], folderWith(bad))
    const [first = ''] = out.split('\n')
    expect(first).toMatch(/^::error file=Dockerfile,line=4,col=1,title=D01 shell-form-cmd::sh → node%0A/)
    expect(code).toBe(1)
  })

  test('have no severity for what is unknown', () => {
    const { out } = runDoctor(
      ['--format', 'github'],
      folderWith({ Dockerfile: dockerfile('ENTRYPOINT ["/x.sh"]\nCMD ["node", "x"]') }),
    )
    expect(out).toContain(
      '::notice file=Dockerfile,line=4,col=1,title=D04 wrapper-script-no-exec (unknown)::',
    )
  })
})

describe('colours', () => {
  test('change nothing but the colours', () => {
    const { findings, summary } = examine(filesOf(bad))
    const painted = renderText(findings, summary, inColour)
    expect(painted).not.toBe(renderText(findings, summary, plain))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal reads.
    expect(painted.replaceAll(/\u001B\[\d+m/g, '')).toBe(renderText(findings, summary, plain))
  })
})

describe('--explain', () => {
  test('says why, what to do and where that is written, of every rule', () => {
    for (const { id, name, sources } of rules) {
      const { out, code } = runDoctor(['--explain', id.toLowerCase()], '.')
      expect(code).toBe(0)
      expect(out).toContain(`${id} ${name}`)
      expect(out).toContain('Fix: ')
      for (const source of sources) expect(out).toContain(source)
    }
  })

  test('lists all without an id, and names the nearest for one that is not there', () => {
    expect(runDoctor(['--explain'], '.').out.split('\n')).toHaveLength(rules.length + 1)
    expect(runDoctor(['--explain', 'K2O'], '.')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean K2'),
    })
  })
})

describe('--baseline', () => {
  test('is silent about what is known, wherever its line is now, and not about what is new', () => {
    const folder = folderWith(bad)
    writeFileSync(join(folder, 'known.json'), runDoctor(['--format', 'json'], folder).out)
    writeFileSync(join(folder, 'Dockerfile'), `# one more line\n${bad.Dockerfile}`)
    expect(runDoctor(['--baseline', 'known.json'], folder)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 in the baseline'),
    })
    writeFileSync(join(folder, 'Dockerfile.other'), bad.Dockerfile)
    expect(runDoctor(['--baseline', 'known.json'], folder)).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 error,'),
    })
  })

  test('that is none is refused', () => {
    const folder = folderWith({ ...bad, 'known.json': '[]' })
    expect(runDoctor(['--baseline', 'known.json'], folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected a report in JSON'),
    })
    expect(runDoctor(['--baseline', 'gone.json'], folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--baseline'),
    })
  })
})
