import { expect, test } from 'vitest'
import { deployment, dockerfile, packageJson, probes, service } from './cases/manifests.js'
import { folderWith, runDoctor } from './run-doctor.js'

interface Told {
  readonly rule: string
  readonly severity: string
  readonly verdict: string
  readonly file: string
  readonly line: number
}

function found(
  files: Readonly<Record<string, string>>,
  ...argv: string[]
): { rules: string[]; findings: Told[]; code: number } {
  const { out, code } = runDoctor(['--format', 'json', ...argv], folderWith(files))
  const { findings } = JSON.parse(out) as { findings: Told[] }
  return {
    findings,
    code,
    rules: findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule),
  }
}

const script = (text: string) => ({
  Dockerfile: dockerfile('COPY run.sh /app/run.sh\nENTRYPOINT ["/app/run.sh"]'),
  'run.sh': text,
})

test('A10: a shell as entry point, a wrapper script, a short timeoutSeconds and a grace period on a Knative Service are found', () => {
  const knative = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: shop }
spec:
  template:
    spec:
      timeoutSeconds: 60
      terminationGracePeriodSeconds: 60
      containers:
        - image: acme/shop
`
  const files = {
    'service.yaml': knative,
    'shop/Dockerfile': dockerfile('ENTRYPOINT node dist/main.js'),
    'worker/Dockerfile': dockerfile('COPY run.sh /\nCMD ["/run.sh"]'),
    'worker/run.sh': '#!/bin/sh\nnode dist/worker.js\n',
  }
  const { rules, code } = found(files, '--longest-request', '50s')
  expect(rules).toEqual(expect.arrayContaining(['D01', 'D04', 'N01', 'N02']))
  expect(code).toBe(1)
})

test('D-2: a TCP readiness probe is an error behind a Service', () => {
  const manifest = (handler: string) => ({
    'deployment.yaml': deployment({ container: `readinessProbe:\n  ${handler}` }),
    'service.yaml': service(),
  })
  const { findings, code } = found(manifest('tcpSocket: { port: http }'))
  expect(findings).toContainEqual(
    expect.objectContaining({ rule: 'K02', severity: 'error', file: 'deployment.yaml', line: 20 }),
  )
  expect(code).toBe(1)
  expect(found(manifest('httpGet: { path: /readyz, port: http }')).rules).not.toContain('K02')
})

test('D-4a: a start script without exec is found by file and line, and with exec it passes', () => {
  const { findings } = found(script('#!/bin/bash\n\nset -e\nnode dist/main.js\n'))
  expect(findings).toContainEqual(
    expect.objectContaining({ rule: 'D04', severity: 'error', file: 'run.sh', line: 4 }),
  )
  expect(found(script('#!/bin/bash\n\nset -e\nexec node dist/main.js\n'))).toMatchObject({
    rules: [],
    code: 0,
  })
})

test('D-4b: CMD in shell form is an error, as a text and as a list with sh -c', () => {
  expect(found({ Dockerfile: dockerfile('CMD node dist/main.js') })).toMatchObject({
    rules: ['D01'],
    code: 1,
  })
  expect(found({ Dockerfile: dockerfile('CMD ["sh", "-c", "node dist/main.js"]') })).toMatchObject({
    rules: ['D02'],
    code: 1,
  })
  expect(found({ Dockerfile: dockerfile() })).toMatchObject({ rules: [], code: 0 })
})

test('E6: run.sh as process 1 is found, whatever shell runs it and whatever stands above it', () => {
  const text = '#!/bin/sh\nnpm run migrate\nnpm start\n'
  const files = { ...script(text), 'package.json': packageJson({ start: 'node dist/main.js' }) }
  expect(found(files).rules).toEqual(expect.arrayContaining(['D04', 'D03', 'P01']))
  const alpine = {
    ...files,
    Dockerfile: dockerfile('COPY run.sh /\nCMD ["sh", "/run.sh"]', 'node:22-alpine'),
  }
  expect(found(alpine).findings).toContainEqual(
    expect.objectContaining({ rule: 'D04', severity: 'error', file: 'run.sh', line: 3 }),
  )
  const above = { ...files, Dockerfile: dockerfile('COPY run.sh /\nENTRYPOINT ["tini", "--", "/run.sh"]') }
  expect(found(above).rules).toContain('D04')
})

test('a service as it should be has nothing to be found', () => {
  const env = '- { name: LAMEDUCK_GRACE_PERIOD, value: 30s }'
  const files = {
    'deployment.yaml': deployment({ env, container: `${probes}  periodSeconds: 10` }),
    'service.yaml': service(),
    'pdb.yaml':
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: shop }\nspec: { maxUnavailable: 1, selector: { matchLabels: { app: shop } } }\n',
    Dockerfile: dockerfile(),
    'package.json': packageJson(
      { start: 'exec node dist/main.js' },
      { '@lameduck/express': '^0.1.0', express: '^5' },
    ),
  }
  expect(found(files, '--fail-on', 'unknown')).toMatchObject({ findings: [], code: 0 })
})
