import type { Cases } from './case.js'
import { deployment, dockerfile, packageJson, probes, service } from './manifests.js'

const withCode = (
  code: string,
  dependencies: Readonly<Record<string, string>> = { express: '^5' },
  scripts: Readonly<Record<string, string>> = {},
) => ({
  'package.json': packageJson(scripts, dependencies),
  'src/main.ts': code,
})
const ingress = (annotations = '', name = 'nginx') => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, annotations: { ${annotations} } }
spec:
  ingressClassName: ${name}
  rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
`
const behind = (front: string, code: Readonly<Record<string, string>> = {}) => ({
  'd.yaml': deployment({ container: probes }),
  's.yaml': service(),
  'i.yaml': front,
  Dockerfile: dockerfile(),
  ...code,
})

const asksBy = (run: string) =>
  dockerfile(`${run}\nHEALTHCHECK CMD curl -f http://localhost/livez\nCMD ["node", "main.js"]`)

export const imageCases: Cases = {
  D06: [
    {
      name: 'pm2 start',
      says: 'fail',
      severity: 'error',
      files: { Dockerfile: dockerfile('CMD ["pm2", "start", "main.js"]') },
    },
    {
      name: 'pm2-runtime',
      says: 'pass',
      files: { Dockerfile: dockerfile('CMD ["pm2-runtime", "main.js"]') },
    },
  ],
  D07: [
    {
      name: 'nobody can hear it',
      says: 'fail',
      severity: 'error',
      at: 'Dockerfile:4',
      files: { Dockerfile: dockerfile('STOPSIGNAL SIGKILL\nCMD ["node", "main.js"]') },
    },
    {
      name: 'Ctrl-C',
      says: 'fail',
      severity: 'warning',
      files: { Dockerfile: dockerfile('STOPSIGNAL 2\nCMD ["node", "main.js"]') },
    },
    {
      name: 'the usual one',
      says: 'pass',
      files: { Dockerfile: dockerfile('STOPSIGNAL SIGTERM\nCMD ["node", "main.js"]') },
    },
    {
      name: 'the code hears it',
      says: 'pass',
      files: {
        Dockerfile: dockerfile('STOPSIGNAL SIGQUIT\nCMD ["node", "main.js"]'),
        ...withCode("process.on('SIGQUIT', stop)"),
      },
    },
    {
      name: 'nobody knows who hears it',
      says: 'unknown',
      files: { Dockerfile: dockerfile('STOPSIGNAL SIGQUIT\nCMD ["node", "main.js"]') },
    },
  ],
  D08: [
    {
      name: 'nothing handles it',
      says: 'fail',
      severity: 'warning',
      files: { Dockerfile: dockerfile(), ...withCode('listen()') },
    },
    {
      name: 'something handles it',
      says: 'pass',
      files: { Dockerfile: dockerfile(), ...withCode("process.on('SIGTERM', stop)") },
    },
    { name: 'no code to be seen', says: 'nothing', files: { Dockerfile: dockerfile() } },
    {
      name: 'a package of the workspace handles it',
      says: 'pass',
      files: {
        Dockerfile: dockerfile(),
        ...withCode('listen()', { '@acme/server': 'workspace:*' }),
        'packages/server/package.json': '{ "name": "@acme/server" }',
        'packages/server/index.js': "process.on('SIGTERM', stop)",
      },
    },
    {
      name: 'it may be handled in a package of its own that was not read',
      says: 'nothing',
      files: { Dockerfile: dockerfile(), ...withCode('listen()', { '@acme/server': 'workspace:*' }) },
    },
  ],
  D10: [
    {
      name: 'it asks readiness',
      says: 'fail',
      severity: 'warning',
      files: {
        Dockerfile: dockerfile(
          'HEALTHCHECK CMD node check.js http://localhost/readyz\nCMD ["node", "main.js"]',
        ),
      },
    },
    {
      name: 'it asks for start-up',
      says: 'pass',
      files: {
        Dockerfile: dockerfile(
          'HEALTHCHECK --start-period=30s CMD node check.js /startupz\nCMD ["node", "main.js"]',
        ),
      },
    },
  ],
  D11: [
    {
      name: 'curl in slim',
      says: 'fail',
      severity: 'warning',
      computed: 'curl ∉ node:22-slim',
      files: {
        Dockerfile: dockerfile('HEALTHCHECK CMD curl -f http://localhost/livez\nCMD ["node", "main.js"]'),
      },
    },
    {
      name: 'curl that was installed',
      says: 'pass',
      files: {
        Dockerfile: dockerfile(
          'RUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f http://localhost/livez\nCMD ["node", "main.js"]',
        ),
      },
    },
    {
      name: 'curl in a stage upon slim',
      says: 'fail',
      severity: 'warning',
      computed: 'curl ∉ node:22-slim',
      files: {
        Dockerfile:
          'FROM node:22-slim AS base\nFROM base\nHEALTHCHECK CMD curl -f http://localhost/livez\nCMD ["node", "main.js"]\n',
      },
    },
    {
      name: 'curl that was copied',
      says: 'pass',
      files: {
        Dockerfile: dockerfile(
          'COPY --from=curl /usr/bin/curl /usr/bin/\nHEALTHCHECK CMD curl -f http://localhost/livez\nCMD ["node", "main.js"]',
        ),
      },
    },
    {
      name: 'curl in a heredoc',
      says: 'pass',
      files: { Dockerfile: asksBy('RUN <<EOF\napt-get install -y curl\nEOF') },
    },
    {
      name: 'curl, installed in exec form',
      says: 'pass',
      files: { Dockerfile: asksBy('RUN ["apt-get", "install", "curl"]') },
    },
    {
      name: 'packages that a variable names',
      says: 'unknown',
      files: { Dockerfile: asksBy('RUN apt-get install -y $'.concat('{TOOLS}')) },
    },
    {
      name: 'programs of another image',
      says: 'unknown',
      files: { Dockerfile: asksBy('COPY --from=tools /usr/bin/ /usr/bin/') },
    },
    {
      name: 'curl, which the build calls',
      says: 'pass',
      files: { Dockerfile: asksBy('RUN ./tools.sh && curl -O http://localhost/x') },
    },
    {
      name: 'wget in Alpine',
      says: 'pass',
      files: {
        Dockerfile: dockerfile(
          'HEALTHCHECK CMD wget -q http://localhost/livez\nCMD ["node", "main.js"]',
          'node:22-alpine',
        ),
      },
    },
  ],
  D13: [
    {
      name: "Node's five seconds",
      says: 'fail',
      severity: 'warning',
      files: behind(ingress('', 'traefik'), withCode('listen()')),
    },
    {
      name: 'Fastify',
      says: 'pass',
      files: behind(ingress('', 'traefik'), withCode('listen()', { fastify: '5' })),
    },
    { name: 'no code to be seen', says: 'nothing', files: behind(ingress('', 'traefik')) },
  ],
  D14: [
    {
      name: 'two',
      says: 'fail',
      severity: 'info',
      files: { Dockerfile: dockerfile('CMD ["node", "a.js"]\nCMD ["node", "b.js"]') },
    },
    { name: 'one', says: 'pass', files: { Dockerfile: dockerfile() } },
  ],
  K48: [
    {
      name: 'five against sixty',
      says: 'fail',
      severity: 'error',
      computed: 'shop: 5 s ≤ 60 s',
      files: behind(ingress(), withCode('listen()')),
    },
    {
      name: 'an ALB that was told',
      says: 'fail',
      computed: 'shop: 65 s ≤ 120 s',
      files: behind(
        ingress(
          'alb.ingress.kubernetes.io/load-balancer-attributes: idle_timeout.timeout_seconds=120',
          'alb',
        ),
        withCode('server.keepAliveTimeout = 65 * 1000'),
      ),
    },
    { name: 'longer', says: 'pass', files: behind(ingress(), withCode('server.keepAliveTimeout = 75_000')) },
    { name: 'no code to be seen', says: 'unknown', files: behind(ingress()) },
  ],
  P04: [
    {
      name: 'two',
      says: 'fail',
      severity: 'warning',
      files: { 'package.json': packageJson({}, { express: '5', stoppable: '1', '@godaddy/terminus': '4' }) },
    },
    {
      name: 'lameduck and another',
      says: 'fail',
      severity: 'info',
      files: { 'package.json': packageJson({}, { '@lameduck/express': '1', 'close-with-grace': '2' }) },
    },
    {
      name: 'one',
      says: 'pass',
      files: { 'package.json': packageJson({}, { express: '5', 'close-with-grace': '2' }) },
    },
  ],
  P05: [
    {
      name: 'it leaves',
      says: 'fail',
      severity: 'error',
      at: 'src/main.ts:1',
      files: withCode("process.on('SIGTERM', () => process.exit(0))"),
    },
    {
      name: 'it says goodbye and leaves',
      says: 'fail',
      files: withCode("process.on('SIGTERM', () => {\n  console.log('bye')\n  process.exit(0)\n})"),
    },
    {
      name: 'it tells the server to close, and does not wait',
      says: 'fail',
      files: withCode("process.on('SIGTERM', () => {\n  server.close()\n  process.exit(0)\n})"),
    },
    {
      name: 'it waits',
      says: 'pass',
      files: withCode("process.on('SIGTERM', () => server.close(() => process.exit(0)))"),
    },
    {
      name: 'it awaits',
      says: 'pass',
      files: withCode("process.on('SIGTERM', async () => {\n  await app.close()\n  process.exit(0)\n})"),
    },
  ],
  P06: [
    {
      name: 'sixteen',
      says: 'fail',
      severity: 'warning',
      files: {
        'package.json': JSON.stringify({ dependencies: { express: '5' }, engines: { node: '>=16' } }),
      },
    },
    {
      name: 'twenty',
      says: 'pass',
      files: {
        'package.json': JSON.stringify({
          dependencies: { express: '5' },
          engines: { node: '^20.19 || >=22' },
        }),
      },
    },
  ],
  P07: [
    { name: 'workers that nobody tells', says: 'fail', severity: 'info', files: withCode('cluster.fork()') },
    {
      name: 'workers that are told',
      says: 'pass',
      files: withCode("cluster.fork(); process.on('SIGTERM', stop)"),
    },
  ],
  P08: [
    {
      name: 'a tracer without a hook',
      says: 'fail',
      severity: 'info',
      files: withCode("import '@lameduck/express'", {
        '@lameduck/express': '1',
        '@opentelemetry/sdk-node': '1',
      }),
    },
    {
      name: 'a tracer with one',
      says: 'pass',
      files: withCode("lifecycle.onStop('traces', () => sdk.shutdown())", {
        '@lameduck/express': '1',
        '@opentelemetry/sdk-node': '1',
      }),
    },
  ],
  P09: [
    {
      name: 'half a second',
      says: 'fail',
      severity: 'warning',
      files: {
        'package.json': packageJson(
          { start: 'fastify start -l info app.js' },
          { fastify: '5', 'fastify-cli': '7' },
        ),
      },
    },
    {
      name: 'a delay that was given',
      says: 'pass',
      files: {
        'package.json': packageJson(
          { start: 'fastify start -g 25000 app.js' },
          { fastify: '5', 'fastify-cli': '7' },
        ),
      },
    },
    {
      name: 'lameduck defers it',
      says: 'pass',
      files: {
        'package.json': packageJson(
          { start: 'fastify start app.js' },
          { '@lameduck/fastify': '1', 'fastify-cli': '7' },
        ),
      },
    },
  ],
  P10: [
    {
      name: 'two that stop',
      says: 'fail',
      severity: 'warning',
      files: withCode("process.on('SIGTERM', stop)", { '@apollo/server': '5' }),
    },
    {
      name: 'lameduck is told to leave it',
      says: 'fail',
      files: withCode(
        "import { graceful } from '@lameduck/express'\napp.use(graceful({ otherHandlers: 'leave' }))",
        { '@apollo/server': '5', '@lameduck/express': '1' },
      ),
    },
    {
      name: 'switched off',
      says: 'pass',
      files: withCode("new ApolloServer({ stopOnTerminationSignals: false }); process.on('SIGTERM', stop)", {
        '@apollo/server': '5',
      }),
    },
    {
      name: 'no code to be seen',
      says: 'unknown',
      files: { 'package.json': packageJson({}, { '@apollo/server': '5' }) },
    },
  ],
  P11: [
    {
      name: 'two that stop',
      says: 'fail',
      severity: 'warning',
      files: withCode("process.on('SIGTERM', stop)", { next: '16' }, { start: 'next start' }),
    },
    {
      name: 'switched off',
      says: 'pass',
      files: withCode(
        "process.on('SIGTERM', stop)",
        { next: '16' },
        { start: 'NEXT_MANUAL_SIG_HANDLE=true next start' },
      ),
    },
  ],
}
