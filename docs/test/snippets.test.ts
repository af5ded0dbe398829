import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { pages, read, root, snippets } from './markdown.js'

const folder = mkdtempSync(join(root, 'docs', 'node_modules', '.snippets-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Tells when a server listens, however the snippet made it. */
const announceListening = `data:text/javascript,${encodeURIComponent(`
  import { subscribe } from 'node:diagnostics_channel'
  subscribe('tracing:net.server.listen:asyncEnd', () => console.log('LISTENING'))
`)}`

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  /** Resolves when the snippet has said `word`. */
  readonly says: (word: string) => Promise<void>
  readonly exited: Promise<number | null>
}

const compiler = join(root, 'docs', 'node_modules', 'typescript', 'bin', 'tsc')
const compilerOptions = [
  ['--module', 'nodenext'],
  ['--target', 'es2023'],
  ['--lib', 'es2023,esnext.disposable'],
  ['--types', 'node'],
  ['--strict', '--skipLibCheck', '--experimentalDecorators', '--emitDecoratorMetadata'],
].flat()

/** Checks the types of a snippet with decorators, and gives what Node can run. */
async function compile(name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.mts`)
  writeFileSync(file, code)
  const compiled = promisify(execFile)(
    process.execPath,
    [compiler, '--ignoreConfig', ...compilerOptions, file],
    {
      cwd: folder,
    },
  )
  await compiled.catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout)
  })
  return readFileSync(join(folder, `${name}.mjs`), 'utf8')
}

/** Runs a snippet as a program of its own, on a free port, in the folder of an example service. */
function run(name: string, code: string): Running {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, code.replaceAll(/(port: |listen\()3000/g, '$10').replaceAll(':50051', ':0'))
  const child = spawn(process.execPath, ['--import', announceListening, file], {
    cwd: join(root, 'apps', code.includes('.proto') ? 'grpc-api' : 'fastify-api'),
    env: { ...process.env, LAMEDUCK_PLATFORM: 'terminal' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
      for (const listener of listeners) listener()
    })
  }
  return {
    child,
    said: () => output,
    says: (word) =>
      new Promise((resolve) => {
        const look = () => output.includes(word) && resolve()
        listeners.add(look)
        look()
      }),
    exited: new Promise((resolve) => child.on('exit', resolve)),
  }
}

/** Written from programs that are tests of their own, in apps/hosts. */
const written = ['docs/hosts.md']

describe('the JavaScript and TypeScript of the pages', () => {
  for (const page of pages().filter((each) => !written.includes(each))) {
    const codes = [...snippets(read(page), 'js'), ...snippets(read(page), 'ts')]
    for (const [i, code] of codes.entries()) {
      test.concurrent(`${page}, number ${i + 1}, runs and leaves with 0`, { timeout: 120_000 }, async () => {
        const name = `${page.replaceAll('/', '-')}-${i}`
        const program = /^ *@\w/m.test(code) ? await compile(name, code) : code
        const { child, said, says, exited } = run(name, program)
        if (/listen\(|bindAsync\(/.test(code)) {
          await Promise.race([says('LISTENING'), exited])
          child.kill('SIGTERM')
        }
        expect(await exited, said()).toBe(0)
      })
    }
  }
})
