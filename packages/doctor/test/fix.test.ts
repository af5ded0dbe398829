import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deployment, dockerfile, lameduck, packageJson, service } from './cases/manifests.js'
import { folderWith, runDoctor } from './run-doctor.js'

/** What --fix makes of files. */
function fixed(files: Readonly<Record<string, string>>): Record<string, string> {
  const folder = folderWith(files)
  runDoctor(['--fix', '--yes'], folder)
  return Object.fromEntries(
    Object.keys(files).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  )
}

const rulesOf = (files: Readonly<Record<string, string>>) => {
  const { findings } = JSON.parse(runDoctor(['--format', 'json'], folderWith(files)).out) as {
    findings: { rule: string; verdict: string }[]
  }
  return findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule)
}

describe('--fix', () => {
  test('shows a diff, and writes nothing', () => {
    const text = dockerfile('CMD node "dist/main.js" --port 3000')
    const folder = folderWith({ Dockerfile: text })
    const { out, err, code } = runDoctor(['--fix'], folder)
    expect(out).toContain('--- a/Dockerfile')
    expect(out).toContain(
      '-CMD node "dist/main.js" --port 3000\n+CMD ["node", "dist/main.js", "--port", "3000"]\n',
    )
    expect(err).toContain('Dockerfile (D01); --yes writes it')
    expect(code).toBe(1)
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe(text)
  })

  test('writes the list form, and leaves alone what needs a shell', () => {
    expect(
      fixed({ Dockerfile: dockerfile('# start\nCMD node main.js # not a comment\n') })['Dockerfile'],
    ).toContain('CMD node')
    expect(fixed({ Dockerfile: dockerfile('CMD node $MAIN') })['Dockerfile']).toContain('CMD node $MAIN')
    expect(fixed({ Dockerfile: dockerfile('# start\nENTRYPOINT node main.js') })['Dockerfile']).toBe(
      dockerfile('# start\nENTRYPOINT ["node", "main.js"]'),
    )
  })

  test('puts exec into the start script, and into a script of a shell', () => {
    const after = fixed({
      Dockerfile: dockerfile('CMD ["npm", "start"]'),
      'package.json': packageJson({ start: 'node main.js', test: 'node test.js' }),
    })
    expect(after['package.json']).toBe(packageJson({ start: 'exec node main.js', test: 'node test.js' }))
    const script = fixed({
      Dockerfile: dockerfile('ENTRYPOINT ["./run.sh"]'),
      'run.sh': '#!/bin/sh\nset -e # stop\nnode main.js\n',
    })
    expect(script['run.sh']).toBe('#!/bin/sh\nset -e # stop\nexec node main.js\n')
  })

  test('adds a readiness probe beside comments, formatted as it was', () => {
    const before = deployment({ env: `${lameduck()} # as below`, container: '# memory\nresources: {}' })
    const { 'd.yaml': after = '' } = fixed({ 'd.yaml': before, 's.yaml': service() })
    const added =
      '          readinessProbe:\n            httpGet:\n              path: /readyz\n              port: http\n            periodSeconds: 2\n            failureThreshold: 2\n'
    expect(after).toContain(added)
    expect(after.replace(added, '')).toBe(before)
    expect(rulesOf({ 'd.yaml': after, 's.yaml': service() })).not.toContain('K01')
  })

  test('asks /readyz instead of the port', () => {
    const before = deployment({
      env: lameduck(),
      container:
        'readinessProbe:\n  tcpSocket:\n    port: http # the one\n  periodSeconds: 2\n  failureThreshold: 2',
    })
    const { 'd.yaml': after = '' } = fixed({ 'd.yaml': before, 's.yaml': service() })
    expect(after).toContain(
      '            httpGet:\n              path: /readyz\n              port: http # the one\n',
    )
    expect(rulesOf({ 'd.yaml': after, 's.yaml': service() })).not.toContain('K02')
  })

  test('raises the grace period to what the plan needs', () => {
    const before = deployment({ env: lameduck(), pod: 'terminationGracePeriodSeconds: 10 # seconds' })
    expect(fixed({ 'd.yaml': before })['d.yaml']).toContain('terminationGracePeriodSeconds: 16 # seconds')
  })

  test('adds a preStop sleep where nothing waits', () => {
    const files = {
      'd.yaml': deployment(),
      's.yaml': service(),
      Dockerfile: dockerfile('ENTRYPOINT ["tini", "--", "node", "main.js"]'),
      'package.json': packageJson(),
      'main.js': 'listen()',
    }
    const { 'd.yaml': after = '' } = fixed(files)
    expect(after).toContain(
      '          lifecycle:\n            preStop:\n              sleep:\n                seconds: 10\n',
    )
    expect(rulesOf({ ...files, 'd.yaml': after })).not.toContain('K22')
  })

  test('keeps the line breaks of Windows', () => {
    const before = deployment({ env: lameduck() }).replaceAll('\n', '\r\n')
    const { 'd.yaml': after = '' } = fixed({ 'd.yaml': before, 's.yaml': service() })
    expect(after).toContain('readinessProbe:\r\n')
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
  })

  test('leaves with the code of what is left when it has written', () => {
    const both = {
      Dockerfile: dockerfile('CMD node main.js'),
      'worker/Dockerfile': dockerfile('CMD node a.js | cat'),
    }
    const { code, err } = runDoctor(['--fix', '--yes'], folderWith(both))
    expect(code).toBe(1)
    expect(err).toContain('Written: Dockerfile (D01)\n1 error, ')
    expect(runDoctor(['--fix', '--yes'], folderWith({ Dockerfile: both.Dockerfile })).code).toBe(0)
  })

  test('adds what two rules ask for at the same place in one go', () => {
    const before = deployment({
      env: '- { name: LAMEDUCK_SHUTDOWN_DELAY, value: "0" }',
      container: 'resources: {}',
    })
    const { 'd.yaml': after = '' } = fixed({ 'd.yaml': before, 's.yaml': service() })
    expect(after).toContain('readinessProbe:\n')
    expect(after).toContain('preStop:\n')
    expect(rulesOf({ 'd.yaml': after, 's.yaml': service() })).not.toEqual(
      expect.arrayContaining(['K01', 'K22']),
    )
  })

  test('never writes what came by standard input, or over what it could not read whole', () => {
    const folder = folderWith({ 'main.js': '' })
    const text = dockerfile('CMD node main.js')
    const { out } = runDoctor(['-', '--fix', '--yes'], folder, text)
    expect(out).toBe('Nothing that can be mended without asking.\n')
    expect(readdirSync(folder)).toEqual(['main.js'])
    const bytes = Buffer.concat([Buffer.from('# caf\xe9\n', 'latin1'), Buffer.from(text)])
    writeFileSync(join(folder, 'Dockerfile'), bytes)
    runDoctor(['--fix', '--yes'], folder)
    expect(readFileSync(join(folder, 'Dockerfile'))).toEqual(bytes)
  })

  test('says so where there is nothing to do', () => {
    expect(runDoctor(['--fix'], folderWith({ Dockerfile: dockerfile() })).out).toBe(
      'Nothing that can be mended without asking.\n',
    )
  })
})
