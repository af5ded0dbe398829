import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { deployment, dockerfile, lameduck, service } from './cases/manifests.js'
import { folderWith } from './run-doctor.js'

const command = fileURLToPath(new URL('../dist/esm/main.js', import.meta.url))

/** Runs the command as a process of its own; what it reads on standard input comes in pieces. */
function run(
  argv: readonly string[],
  cwd: string,
  stdin: readonly string[] = [],
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [command, ...argv], { cwd, stdio: 'pipe' })
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => {
    out += text
  })
  child.stderr.on('data', (text) => {
    err += text
  })
  for (const piece of stdin) child.stdin.write(piece)
  child.stdin.end()
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

describe('the command', () => {
  test('reads a pipe to its end, and leaves with the code of what it found', async () => {
    const manifests = `${deployment({ env: lameduck(60_000) })}---\n${service()}`
    const pieces = manifests.match(/[\s\S]{1,64}/g) ?? []
    const { code, out } = await run(['-', '--format', 'json'], folderWith({}), pieces)
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'K28', verdict: 'fail' })]),
    })
  })

  test('reads what is piped beside the files that are named', async () => {
    const folder = folderWith({ Dockerfile: dockerfile('CMD node main.js') })
    const { out } = await run(['-', 'Dockerfile', '--format', 'json'], folder, [deployment()])
    const { findings } = JSON.parse(out) as { findings: { rule: string }[] }
    expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['D01', 'K20']))
  })

  test('writes all of a long report before it leaves', async () => {
    const folder = folderWith(
      Object.fromEntries(
        Array.from({ length: 400 }, (_, i) => [`s${i}/Dockerfile`, dockerfile('CMD node main.js')]),
      ),
    )
    const { code, out } = await run(['--format', 'json'], folder)
    expect(code).toBe(1)
    expect((JSON.parse(out) as { findings: unknown[] }).findings).toHaveLength(400)
  })

  test('is quiet where its reader has had enough', async () => {
    const folder = folderWith(
      Object.fromEntries(
        Array.from({ length: 400 }, (_, i) => [`s${i}/Dockerfile`, dockerfile('CMD node main.js')]),
      ),
    )
    const line = `"${process.execPath}" "${command}" | head -1`
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line], { cwd: folder })
    expect([stdout, stderr]).toEqual(['s0/Dockerfile\n', ''])
  })

  test('reads what a shell names as a pipe', async () => {
    const folder = folderWith({ 'd.txt': `${deployment({ env: lameduck(60_000) })}---\n${service()}` })
    const line = `mkfifo pipe; cat d.txt > pipe & "${process.execPath}" "${command}" pipe`
    const found = promisify(execFile)('sh', ['-c', line], { cwd: folder })
    await expect(found).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('K28') })
  })

  test('says in one line what cannot be used, and where there is nothing to read', async () => {
    expect(await run([], folderWith({}))).toEqual({
      code: 2,
      out: '',
      err: 'doctor: nothing that it can read was found\n',
    })
    expect(await run(['-'], folderWith({}), [''])).toMatchObject({ code: 2, out: '' })
    expect(await run(['--what'], folderWith({}))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^doctor: .*\n$/),
    })
  })

  test('has a name of its own for the shell', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [command, '--help'])
    expect(stdout).toMatch(/^Usage: doctor \[paths \| -\] \[options\]\n/)
  })
})
