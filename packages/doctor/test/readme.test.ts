import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseArguments } from '../src/cli/arguments.js'
import { deployment, dockerfile, packageJson, service } from './cases/manifests.js'
import { folderWith, runDoctor } from './run-doctor.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const readme = read('README.md')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)

describe('README', () => {
  test('has every option, and no other', () => {
    const { out } = helpText()
    const options = [...out.matchAll(/^ {2}(?:-h, )?(--[\w-]+)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== '--help')
    const listed = [...readme.matchAll(/^\| `(--[\w-]+)/gm)].map(([, name]) => name)
    expect(listed).toEqual(options)
  })

  test('has command lines that can be used', () => {
    const lines = blocks('sh').flatMap((text) => text.trim().split('\n'))
    const commands = lines.flatMap((line) => /npx doctor(.*?)(?:>|$)/.exec(line)?.[1] ?? [])
    expect(commands.length).toBeGreaterThan(3)
    for (const words of commands)
      expect(() => parseArguments(words.trim().split(/\s+/).filter(Boolean))).not.toThrow()
  })

  test('shows what is said of such a manifest', () => {
    const files = {
      'deployment.yaml': deployment({
        container: 'lifecycle: { preStop: { sleep: { seconds: 15 } } }',
        spec: '',
      }),
      's.yaml': service(),
      Dockerfile: dockerfile(),
      'package.json': packageJson({}, { '@lameduck/express': '1' }),
    }
    const { out } = runDoctor([], folderWith(files))
    const [, ...shown] = (/^```\n(deployment\.yaml\n[\s\S]*?)^```/m.exec(readme)?.[1] ?? '')
      .trim()
      .split('\n')
    expect(shown).toHaveLength(4)
    for (const line of shown.slice(1)) expect(out).toContain(line)
  })

  test('suppresses as it says', () => {
    const [inLine = '', inFile = ''] = blocks('yaml')
    const text = deployment({ container: inLine })
    expect(runDoctor([], folderWith({ 'd.yaml': text, 's.yaml': service() })).out).toContain('1 suppressed')
    const files = {
      Dockerfile: dockerfile('CMD ["npm", "start"]'),
      'package.json': packageJson({ start: 'node main.js' }),
      '.doctor.yaml': inFile,
    }
    expect(runDoctor([], folderWith(files)).out).toContain('1 suppressed')
  })
})

function helpText() {
  let out = ''
  const write = process.stdout.write
  process.stdout.write = (text: string | Uint8Array) => {
    out += String(text)
    return true
  }
  try {
    parseArguments(['--help'])
  } finally {
    process.stdout.write = write
  }
  return { out }
}
