import type { Cases } from './case.js'
import { dockerfile, packageJson } from './manifests.js'

const compose = (service: string, more = '') => ({
  'compose.yaml': `services:\n  shop:\n    build: .\n${indent(service, 4)}${more}`,
  Dockerfile: dockerfile(),
})
const indent = (text: string, by: number) =>
  text
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line}\n`)
    .join('')
const grace = (value: number | string) => `environment: { LAMEDUCK_GRACE_PERIOD: "${value}" }`

const unit = (service: string, rest = '') => ({
  'shop.service': `[Unit]\nDescription=Shop\n${rest}\n[Service]\n${service}\n`,
})
const node = 'ExecStart=/usr/bin/node /srv/shop/main.js'

const pm2 = (fields: string) => ({
  'ecosystem.config.cjs': `module.exports = {\n  apps: [{ name: 'shop', script: 'main.js', ${fields} }],\n}\n`,
})
const fly = (text: string) => ({ 'fly.toml': `app = "shop"\n${text}\n`, Dockerfile: dockerfile() })
const ecs = (fields: object, task: object = {}) => ({
  'task.json': JSON.stringify(
    {
      family: 'shop',
      containerDefinitions: [
        {
          name: 'shop',
          image: 'acme/shop',
          environment: [{ name: 'NODE_ENV', value: 'production' }],
          ...fields,
        },
      ],
      ...task,
    },
    undefined,
    2,
  ),
})
const variable = (value: string) => ({ environment: [{ name: 'LAMEDUCK_GRACE_PERIOD', value }] })
const drained = { 'package.json': packageJson({}, { '@lameduck/express': '1' }) }

export const platformCases: Cases = {
  C01: [
    {
      name: 'longer than Docker waits',
      says: 'fail',
      severity: 'error',
      at: 'compose.yaml:4',
      computed: '30 > 10',
      files: compose(grace(30_000)),
    },
    {
      name: 'shorter than Docker waits',
      says: 'fail',
      severity: 'warning',
      computed: '10 < 30',
      files: { ...compose('stop_grace_period: 30s'), ...drained },
    },
    { name: 'the same', says: 'pass', files: compose(`stop_grace_period: 1m30s\n${grace('90s')}`) },
    {
      name: 'the longest request does not fit',
      says: 'fail',
      computed: '10 < 1 + 20 + 1.5 + 1',
      files: { ...compose(''), ...drained },
      options: { longestRequest: 20_000 },
    },
    { name: 'another library', says: 'unknown', files: { ...compose(''), 'package.json': packageJson() } },
    {
      name: 'sources are mounted: it is for developing',
      says: 'nothing',
      files: compose('volumes: [".:/app"]'),
    },
  ],
  C02: [
    {
      name: 'a signal that nobody hears',
      says: 'fail',
      severity: 'error',
      computed: 'SIGQUIT ∉ SIGTERM, SIGINT',
      files: { ...compose('stop_signal: SIGQUIT'), ...drained },
    },
    { name: 'Ctrl-C', says: 'fail', severity: 'warning', files: compose('stop_signal: SIGINT') },
    { name: 'nobody knows who hears it', says: 'unknown', files: compose('stop_signal: SIGUSR2') },
    { name: 'the usual one', says: 'pass', files: compose('') },
  ],
  C03: [
    {
      name: 'an init above a shell',
      says: 'fail',
      severity: 'error',
      computed: 'init → sh -c → node',
      files: compose('init: true\ncommand: sh -c "node main.js"'),
    },
    { name: 'an init above node', says: 'pass', files: compose('init: true') },
  ],
  C04: [
    {
      name: 'one replica',
      says: 'fail',
      severity: 'warning',
      computed: 'order stop-first, 1 replica',
      files: compose('deploy: { replicas: 1 }'),
    },
    {
      name: 'all at once',
      says: 'fail',
      files: compose('deploy: { replicas: 2, update_config: { parallelism: 0 } }'),
    },
    {
      name: 'start first',
      says: 'pass',
      files: compose('deploy: { replicas: 1, update_config: { order: start-first } }'),
    },
    {
      name: 'replicas that are filled in later',
      says: 'unknown',
      files: compose(`deploy: { replicas: "${'$'.concat('{N}')}" }`),
    },
    { name: 'no Swarm', says: 'nothing', files: compose('') },
  ],
  C05: [
    {
      name: 'it asks readiness',
      says: 'fail',
      severity: 'warning',
      files: compose('healthcheck: { test: [CMD, curl, "http://localhost:3000/readyz"] }'),
    },
    {
      name: 'it asks readiness, in a task definition',
      says: 'fail',
      severity: 'warning',
      computed: '/readyz',
      files: ecs({ healthCheck: { command: ['CMD-SHELL', 'wget -q localhost:3000/readyz || exit 1'] } }),
    },
    {
      name: 'it asks for start-up',
      says: 'pass',
      files: compose('healthcheck: { test: curl http://localhost:3000/startupz }'),
    },
  ],
  C06: [
    {
      name: 'a balancer that holds addresses',
      says: 'unknown',
      files: { ...compose('deploy: { endpoint_mode: dnsrr }'), ...drained },
    },
    {
      name: 'a long window',
      says: 'pass',
      files: compose(
        `deploy: { endpoint_mode: dnsrr }\nstop_grace_period: 30s\nenvironment: { LAMEDUCK_GRACE_PERIOD: 30s, LAMEDUCK_SHUTDOWN_DELAY: 12s }`,
      ),
    },
  ],
  C07: [
    {
      name: 'curl in slim',
      says: 'fail',
      severity: 'warning',
      at: 'compose.yaml:4',
      computed: 'curl ∉ node:22-slim',
      files: compose('healthcheck: { test: [CMD, curl, -f, "http://localhost:3000/startupz"] }'),
    },
    {
      name: "curl in Node's Alpine, as a task definition has it",
      says: 'fail',
      severity: 'warning',
      computed: 'curl ∉ node:22-alpine',
      files: ecs({
        image: 'public.ecr.aws/docker/library/node:22-alpine',
        healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:3000/startupz || exit 1'] },
      }),
    },
    {
      name: 'curl that was installed, with its version',
      says: 'pass',
      files: {
        ...compose('healthcheck: { test: curl -f http://localhost:3000/startupz }'),
        Dockerfile: dockerfile(
          'RUN apk add --no-cache curl=8.5.0-r0\nCMD ["node", "main.js"]',
          'node:22-alpine',
        ),
      },
    },
    {
      name: 'wget, where curl is not',
      says: 'pass',
      files: {
        ...compose(
          'healthcheck: { test: curl -f http://localhost/startupz || wget -q http://localhost/startupz }',
        ),
        Dockerfile: dockerfile('CMD ["node", "main.js"]', 'node:22-alpine'),
      },
    },
    {
      name: "Node's full image",
      says: 'pass',
      files: ecs({ image: 'node:22', healthCheck: { command: ['CMD', 'curl', 'http://localhost/livez'] } }),
    },
    {
      name: 'Node itself',
      says: 'pass',
      files: compose(`healthcheck: { test: [CMD, node, -e, "fetch('http://localhost:3000/startupz')"] }`),
    },
    {
      name: 'an image that was not seen',
      says: 'nothing',
      files: ecs({ healthCheck: { command: ['CMD', 'curl', 'http://localhost/livez'] } }),
    },
    {
      name: 'a stage other than the last',
      says: 'nothing',
      files: {
        'compose.yaml':
          'services:\n  shop:\n    build: { context: ., target: tools }\n    healthcheck: { test: curl localhost }\n',
        Dockerfile: dockerfile(),
      },
    },
    {
      name: 'a check that is turned off',
      says: 'nothing',
      files: compose('healthcheck: { disable: true, test: [CMD, curl, localhost] }'),
    },
  ],
  S01: [
    {
      name: 'shorter than planned for',
      says: 'fail',
      severity: 'error',
      computed: '90 > 20',
      files: { ...unit(`${node}\nTimeoutStopSec=20`), ...drained },
    },
    {
      name: 'the same',
      says: 'pass',
      files: unit(`${node}\nTimeoutStopSec=1min 30s\nEnvironment=LAMEDUCK_GRACE_PERIOD=90s`),
    },
    {
      name: 'for ever',
      says: 'pass',
      files: unit(`${node}\nTimeoutStopSec=infinity\nEnvironment="LAMEDUCK_GRACE_PERIOD=90s"`),
    },
    { name: 'not set', says: 'unknown', files: { ...unit(node), ...drained } },
  ],
  S02: [
    { name: 'children outlive', says: 'fail', severity: 'warning', files: unit(`${node}\nKillMode=process`) },
    {
      name: 'a shell alone hears it',
      says: 'fail',
      severity: 'error',
      files: unit('ExecStart=/bin/sh -c "node main.js"\nKillMode=mixed'),
    },
    { name: 'the default', says: 'pass', files: unit(node) },
  ],
  S03: [
    {
      name: 'npm, and everybody hears it',
      says: 'fail',
      severity: 'warning',
      files: unit('ExecStart=/usr/bin/npm start'),
    },
    {
      name: 'npm alone hears it',
      says: 'fail',
      severity: 'error',
      files: unit('ExecStart=/usr/bin/npm start\nKillMode=mixed'),
    },
    {
      name: 'a shell',
      says: 'fail',
      severity: 'info',
      files: unit('ExecStart=/bin/bash -lc "node main.js"'),
    },
    { name: 'node', says: 'pass', files: unit(node) },
  ],
  S04: [
    {
      name: 'nobody can hear it',
      says: 'fail',
      severity: 'error',
      files: unit(`${node}\nKillSignal=SIGKILL`),
    },
    { name: 'SIGHUP as well', says: 'fail', severity: 'warning', files: unit(`${node}\nSendSIGHUP=yes`) },
    { name: 'the default', says: 'pass', files: unit(node) },
  ],
  S05: [
    { name: 'started is not ready', says: 'fail', severity: 'info', files: unit(`${node}\nRestart=always`) },
    { name: 'it says when', says: 'pass', files: unit(`${node}\nType=notify\nRestart=always`) },
  ],
  M03: [
    {
      name: 'longer than PM2 waits',
      says: 'fail',
      severity: 'error',
      computed: '10 > 1.6',
      files: pm2('env: { LAMEDUCK_GRACE_PERIOD: "10000" }'),
    },
    {
      name: 'ready too early',
      says: 'fail',
      severity: 'warning',
      files: pm2('wait_ready: true, listen_timeout: 1000'),
    },
    { name: 'the preset follows', says: 'pass', files: { ...pm2('kill_timeout: 10000'), ...drained } },
    {
      name: 'the longest request does not fit',
      says: 'fail',
      computed: '1.6 < 5 + 2',
      files: pm2(''),
      options: { longestRequest: 5000 },
    },
    {
      name: 'a time that is computed',
      says: 'unknown',
      files: { ...pm2('kill_timeout: Number(process.env.T)'), ...drained },
    },
    {
      name: 'a product, in an object that is spread',
      says: 'fail',
      computed: '10 > 5',
      files: {
        'ecosystem.config.cjs':
          "const base = { kill_timeout: 5 * 1000 }\nmodule.exports = { apps: [{ script: 'main.js', ...base, env: { LAMEDUCK_GRACE_PERIOD: '10s' } }] }\n",
      },
    },
    {
      name: 'an object that code makes is spread',
      says: 'nothing',
      files: {
        'ecosystem.config.cjs':
          "module.exports = { apps: [{ script: 'main.js', ...base(), env: { LAMEDUCK_GRACE_PERIOD: '10s' } }] }\n",
      },
    },
  ],
  M04: [
    {
      name: 'it watches',
      says: 'fail',
      severity: 'warning',
      at: 'ecosystem.config.cjs:2',
      files: pm2('watch: true'),
    },
    { name: 'it does not come back', says: 'fail', files: pm2('autorestart: false') },
    { name: 'neither', says: 'pass', files: pm2('watch: false') },
  ],
  F01: [
    {
      name: 'longer than Fly waits',
      says: 'fail',
      severity: 'error',
      computed: '30 > 5',
      files: fly('[env]\nLAMEDUCK_GRACE_PERIOD = "30s"'),
    },
    {
      name: 'the same',
      says: 'pass',
      files: fly('kill_timeout = "30s"\n[env]\nLAMEDUCK_GRACE_PERIOD = "30s"'),
    },
    {
      name: 'seconds as a number',
      says: 'pass',
      files: fly('kill_timeout = 30\n[env]\nLAMEDUCK_GRACE_PERIOD = "30s"'),
    },
    { name: 'another library', says: 'unknown', files: fly('') },
  ],
  F02: [
    { name: 'SIGINT, and lameduck knows it', says: 'pass', files: { ...fly(''), ...drained } },
    { name: 'SIGTERM', says: 'pass', files: fly('kill_signal = "SIGTERM"') },
    {
      name: 'a signal that nobody hears',
      says: 'fail',
      files: { ...fly('kill_signal = "SIGQUIT"'), ...drained },
    },
    { name: 'SIGINT, and nobody knows', says: 'unknown', files: fly('') },
  ],
  F03: [
    {
      name: 'all at once',
      says: 'fail',
      severity: 'warning',
      at: 'fly.toml:3',
      files: fly('[deploy]\nstrategy = "immediate"'),
    },
    { name: 'one after the other', says: 'pass', files: fly('[deploy]\nstrategy = "rolling"') },
  ],
  A01: [
    {
      name: 'longer than ECS waits',
      says: 'fail',
      severity: 'error',
      computed: '60 > 30',
      files: ecs(variable('60000')),
    },
    {
      name: 'more than Fargate grants',
      says: 'fail',
      computed: '300 > 120',
      files: ecs({ stopTimeout: 300 }, { requiresCompatibilities: ['FARGATE'] }),
    },
    { name: 'the same', says: 'pass', files: ecs({ ...variable('60000'), stopTimeout: 60 }) },
    { name: 'another library', says: 'unknown', files: ecs({}) },
  ],
  A02: [
    {
      name: 'none has to be healthy',
      says: 'fail',
      severity: 'warning',
      files: ecs({}, { deploymentConfiguration: { minimumHealthyPercent: 0 } }),
    },
    {
      name: 'all have to be',
      says: 'pass',
      files: ecs({}, { deploymentConfiguration: { minimumHealthyPercent: 100 } }),
    },
  ],
  A03: [
    {
      name: 'an init above npm',
      says: 'fail',
      severity: 'error',
      files: {
        ...ecs({ command: ['npm', 'start'], linuxParameters: { initProcessEnabled: true } }),
        'package.json': packageJson({ start: 'node main.js' }),
      },
    },
    {
      name: 'an init above node',
      says: 'pass',
      files: ecs({ command: ['node', 'main.js'], linuxParameters: { initProcessEnabled: true } }),
    },
  ],
  H01: [
    {
      name: 'npm start',
      says: 'fail',
      severity: 'warning',
      at: 'Procfile:1',
      files: { Procfile: 'web: npm start\n', 'package.json': packageJson({ start: 'node main.js' }) },
    },
    { name: 'node', says: 'pass', files: { Procfile: 'web: exec node main.js\n' } },
  ],
  H02: [
    {
      name: 'longer than Heroku waits',
      says: 'fail',
      severity: 'error',
      computed: '60 > 30',
      files: {
        Procfile: 'web: node main.js\n',
        ...drained,
        'main.js':
          "import { graceful } from '@lameduck/express'\napp.use(graceful({ gracePeriod: '60s' }))\n",
      },
    },
    { name: 'the preset', says: 'pass', files: { Procfile: 'web: node main.js\n', ...drained } },
  ],
  L01: [
    {
      name: 'no duration',
      says: 'fail',
      severity: 'error',
      at: 'compose.yaml:4',
      computed: 'ENVIRONMENT_INVALID',
      files: compose(grace('soon')),
    },
    {
      name: 'they do not fit',
      says: 'fail',
      computed: 'OPTIONS_DO_NOT_FIT',
      files: compose('environment: { LAMEDUCK_SHUTDOWN_DELAY: 20s }'),
    },
    { name: 'all is well', says: 'pass', files: compose(`stop_grace_period: 30s\n${grace('30s')}`) },
  ],
  L02: [
    {
      name: 'misspelt',
      says: 'fail',
      severity: 'warning',
      computed: 'LAMEDUCK_GRACE',
      files: compose('environment: [LAMEDUCK_GRACE=30s]'),
    },
    { name: 'known', says: 'pass', files: compose(grace('10s')) },
  ],
}
