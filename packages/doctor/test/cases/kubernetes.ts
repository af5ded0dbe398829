import type { Cases } from './case.js'
import { deployment, dockerfile, lameduck, packageJson, probes, service } from './manifests.js'

/** A variable that somebody else replaces. */
const later = '$'.concat('{LATER}')

const routed = (parts: Parameters<typeof deployment>[0] = {}) => ({
  'd.yaml': deployment(parts),
  's.yaml': service(),
})
const drained = (parts: Parameters<typeof deployment>[0] = {}) => routed({ env: lameduck(), ...parts })
const sleep = (seconds: number | string) => `lifecycle: { preStop: { sleep: { seconds: ${seconds} } } }`
const readiness = (handler: string, more = '') => `readinessProbe:\n  ${handler}\n${more}`

const configMap = (grace: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: shop }
data: { LAMEDUCK_GRACE_PERIOD: ${grace} }
`

export const kubernetesCases: Cases = {
  K01: [
    { name: 'none behind a Service', says: 'fail', severity: 'error', at: 'd.yaml:13', files: routed() },
    { name: 'one', says: 'pass', files: routed({ container: probes }) },
    { name: 'no Service', says: 'nothing', files: { 'd.yaml': deployment() } },
    {
      name: 'the second port of a name in a pod, which no Service leads to',
      says: 'pass',
      files: routed({
        container: probes,
        beside:
          '- name: shapes\n  image: acme/shapes:1\n  env: [{ name: NODE_ENV, value: production }]\n  ports: [{ name: http, containerPort: 8003 }]',
      }),
    },
    {
      name: 'the Service that leads to it is named',
      says: 'fail',
      severity: 'error',
      computed: 'Service metrics → numbers, no readinessProbe',
      files: {
        ...routed({
          container: probes,
          beside:
            '- name: numbers\n  image: acme/numbers:1\n  env: [{ name: NODE_ENV, value: production }]\n  ports: [{ containerPort: 9282 }]',
        }),
        'm.yaml': service('ports: [{ port: 9282 }]').replace('name: shop', 'name: metrics'),
      },
    },
    {
      name: 'no Node service',
      says: 'nothing',
      files: { 'd.yaml': deployment({ image: 'redis:7' }), 's.yaml': service() },
    },
  ],
  K02: [
    {
      name: 'tcpSocket',
      says: 'fail',
      severity: 'error',
      at: 'd.yaml:20',
      files: routed({ container: readiness('tcpSocket: { port: http }') }),
    },
    {
      name: 'tcpSocket without a Service',
      says: 'fail',
      severity: 'warning',
      files: { 'd.yaml': deployment({ container: readiness('tcpSocket: { port: http }') }) },
    },
    { name: 'httpGet', says: 'pass', files: routed({ container: probes }) },
  ],
  K03: [
    {
      name: 'the same path',
      says: 'fail',
      severity: 'warning',
      files: routed({
        container:
          'readinessProbe: { httpGet: { path: /health, port: http } }\nlivenessProbe: { httpGet: { path: /health, port: 3000 } }',
      }),
    },
    {
      name: "lameduck's readiness",
      says: 'fail',
      severity: 'error',
      files: drained({
        container:
          'readinessProbe: { httpGet: { path: /readyz, port: http } }\nlivenessProbe: { httpGet: { path: /readyz, port: http } }',
      }),
    },
    { name: 'two paths', says: 'pass', files: routed({ container: probes }) },
  ],
  K04: [
    {
      name: 'liveness asks readiness',
      says: 'fail',
      severity: 'warning',
      files: routed({ container: 'livenessProbe: { httpGet: { path: /readyz, port: http } }' }),
    },
    { name: '/livez', says: 'pass', files: routed({ container: probes }) },
  ],
  K05: [
    {
      name: 'liveness gives up first',
      says: 'fail',
      severity: 'warning',
      computed: '5 × 1 = 5 s < 10 × 3 = 30 s',
      files: routed({
        container:
          'readinessProbe: { httpGet: { port: http } }\nlivenessProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 5, failureThreshold: 1 }',
      }),
    },
    { name: 'liveness gives up later', says: 'pass', files: routed({ container: probes }) },
    {
      name: 'a period that is filled in later',
      says: 'unknown',
      files: routed({ container: `${probes}  periodSeconds: ${later}` }),
    },
  ],
  K06: [
    {
      name: 'a long initial delay',
      says: 'fail',
      severity: 'warning',
      at: 'd.yaml:25',
      files: routed({ container: `${probes}  initialDelaySeconds: 30` }),
    },
    {
      name: 'a startup probe',
      says: 'pass',
      files: routed({
        container: `${probes}  initialDelaySeconds: 30\nstartupProbe: { httpGet: { path: /startupz, port: http } }`,
      }),
    },
  ],
  K08: [
    {
      name: 'a program in one second',
      says: 'fail',
      severity: 'info',
      files: routed({ container: readiness('exec: { command: [node, check.js] }') }),
    },
    {
      name: 'a program that decides who is restarted',
      says: 'fail',
      computed: 'livenessProbe: timeoutSeconds 1 (the default)',
      files: routed({ container: 'livenessProbe: { exec: { command: [node, check.js] } }' }),
    },
    {
      name: 'a program in three',
      says: 'pass',
      files: routed({ container: readiness('exec: { command: [node, check.js] }', '  timeoutSeconds: 3') }),
    },
  ],
  K09: [
    {
      name: 'ten times three',
      says: 'fail',
      severity: 'warning',
      computed: '10 × 3 = 30 s > 10 s',
      files: drained({
        container: readiness(
          'httpGet: { path: /readyz, port: http }',
          '  periodSeconds: 10\n  failureThreshold: 3',
        ),
        pod: 'terminationGracePeriodSeconds: 60',
      }),
    },
    { name: 'two times two', says: 'pass', files: drained({ container: probes }) },
    {
      name: 'a long preStop',
      says: 'pass',
      files: routed({
        container: `${readiness('httpGet: { port: http }')}${sleep(30)}`,
        pod: 'terminationGracePeriodSeconds: 90',
      }),
    },
    {
      name: 'a period that is filled in later',
      says: 'unknown',
      files: drained({ container: readiness('httpGet: { port: http }', `  periodSeconds: ${later}`) }),
    },
  ],
  K14: [
    {
      name: 'shorter than the drain',
      says: 'fail',
      severity: 'warning',
      computed: '5 s < 28 s',
      files: drained({ container: `${probes}  terminationGracePeriodSeconds: 5` }),
    },
    {
      name: 'as long',
      says: 'pass',
      files: drained({ container: `${probes}  terminationGracePeriodSeconds: 30` }),
    },
    {
      name: 'nobody knows how long it drains',
      says: 'unknown',
      files: routed({ container: `${probes}  terminationGracePeriodSeconds: 5` }),
    },
  ],
  K20: [
    {
      name: 'preStop and the whole plan',
      says: 'fail',
      severity: 'error',
      computed: '30 < 15 + 10 + 4 + 2',
      files: {
        ...routed({ container: sleep(15) }),
        Dockerfile: dockerfile(),
        'package.json': packageJson({}, { '@lameduck/express': '1' }),
      },
    },
    {
      name: 'a shorter grace period than planned for',
      says: 'fail',
      at: 'd.yaml:12',
      computed: '10 < 10 + 4 + 2',
      files: drained({ pod: 'terminationGracePeriodSeconds: 10' }),
    },
    {
      name: 'the longest request does not fit',
      says: 'fail',
      computed: '30 < 10 + 20 + 4 + 2',
      files: drained(),
      options: { longestRequest: 20_000 },
    },
    {
      name: 'a plan for what is left',
      says: 'pass',
      files: drained({ env: lameduck(15_000), container: sleep(15) }),
    },
    { name: 'the defaults', says: 'pass', files: drained() },
    { name: 'another library', says: 'unknown', files: routed() },
    {
      name: 'lameduck may be told by a ConfigMap that was not read',
      says: 'unknown',
      files: {
        ...routed({
          container: `${sleep(15)}\nenvFrom: [{ configMapRef: { name: shop } }, { secretRef: { name: shop } }]`,
        }),
        Dockerfile: dockerfile(),
        'package.json': packageJson({}, { '@lameduck/express': '1' }),
      },
    },
    {
      name: 'lameduck is told by a ConfigMap',
      says: 'pass',
      files: {
        ...routed({ container: `${sleep(15)}\nenvFrom: [{ configMapRef: { name: shop } }]` }),
        'config.yaml': configMap('15s'),
        Dockerfile: dockerfile(),
        'package.json': packageJson({}, { '@lameduck/express': '1' }),
      },
    },
    {
      name: 'preStop takes all of it, which is K24',
      says: 'nothing',
      files: routed({ container: sleep(35) }),
    },
    {
      name: 'no library, and the longest request does not fit',
      says: 'fail',
      computed: '30 < 40 + 2',
      files: routed(),
      options: { longestRequest: 40_000 },
    },
    {
      name: 'a grace period that is filled in later',
      says: 'unknown',
      files: drained({ pod: `terminationGracePeriodSeconds: ${later}` }),
    },
  ],
  K21: [
    {
      name: 'no grace period',
      says: 'fail',
      severity: 'error',
      at: 'd.yaml:12',
      files: routed({ pod: 'terminationGracePeriodSeconds: 0' }),
    },
    {
      name: 'whatever runs there',
      says: 'fail',
      files: { 'd.yaml': deployment({ image: 'redis:7', pod: 'terminationGracePeriodSeconds: 0' }) },
    },
    {
      name: 'a probe kills at once',
      says: 'fail',
      files: routed({ container: `${probes}  terminationGracePeriodSeconds: 1` }),
    },
    { name: 'the default', says: 'pass', files: routed() },
  ],
  K22: [
    {
      name: 'lameduck with no window',
      says: 'fail',
      severity: 'error',
      files: drained({ env: `${lameduck()}\n- { name: LAMEDUCK_SHUTDOWN_DELAY, value: "0" }` }),
    },
    {
      name: 'nothing handles SIGTERM, so it ends at once below an init',
      says: 'fail',
      files: {
        ...routed(),
        Dockerfile: dockerfile('ENTRYPOINT ["tini", "--", "node", "main.js"]'),
        'package.json': packageJson(),
        'main.js': 'listen()',
      },
    },
    {
      name: 'nothing handles SIGTERM, and process 1 is the pause of its pod',
      says: 'fail',
      files: {
        ...routed({ pod: 'shareProcessNamespace: true' }),
        Dockerfile: dockerfile(),
        'package.json': packageJson(),
        'main.js': 'listen()',
      },
    },
    { name: 'lameduck', says: 'pass', files: drained() },
    { name: 'preStop', says: 'pass', files: routed({ container: sleep(5) }) },
    { name: 'nobody knows what it does itself', says: 'unknown', files: routed() },
    {
      name: 'nothing handles SIGTERM, and what restarts it may',
      says: 'unknown',
      files: {
        ...routed(),
        Dockerfile: dockerfile('CMD ["nodemon", "main.js"]'),
        'package.json': packageJson(),
        'main.js': 'listen()',
      },
    },
    {
      name: 'nothing handles SIGTERM, so it serves on as process 1 until it is killed',
      says: 'pass',
      files: { ...routed(), Dockerfile: dockerfile(), 'package.json': packageJson(), 'main.js': 'listen()' },
    },
    { name: 'no Service', says: 'nothing', files: { 'd.yaml': deployment() } },
  ],
  K23: [
    {
      name: 'both wait',
      says: 'fail',
      severity: 'info',
      computed: '10 + 5 s',
      files: drained({ container: sleep(10) }),
    },
    {
      name: 'one waits',
      says: 'pass',
      files: drained({
        env: `${lameduck()}\n- { name: LAMEDUCK_SHUTDOWN_DELAY, value: "0" }`,
        container: sleep(10),
      }),
    },
  ],
  K24: [
    {
      name: 'it takes all',
      says: 'fail',
      severity: 'error',
      computed: '30 ≥ 30 − 2',
      files: routed({ container: sleep(30) }),
    },
    {
      name: 'by sh',
      says: 'fail',
      files: routed({ container: 'lifecycle: { preStop: { exec: { command: [sh, -c, sleep 1m] } } }' }),
    },
    { name: 'there is enough', says: 'pass', files: routed({ container: sleep(5) }) },
  ],
  K25: [
    {
      name: 'too old',
      says: 'fail',
      severity: 'warning',
      computed: '1.29 < 1.30',
      files: routed({ container: sleep(5) }),
      options: { kubernetes: [1, 29] },
    },
    {
      name: 'zero, too old',
      says: 'fail',
      files: routed({ container: sleep(0) }),
      options: { kubernetes: [1, 32] },
    },
    {
      name: 'new enough',
      says: 'pass',
      files: routed({ container: sleep(5) }),
      options: { kubernetes: [1, 34] },
    },
  ],
  K26: [
    {
      name: 'it asks readiness',
      says: 'fail',
      severity: 'warning',
      files: routed({
        container: `${probes}lifecycle: { preStop: { httpGet: { path: /readyz, port: http } } }`,
      }),
    },
    {
      name: 'it asks something else',
      says: 'pass',
      files: routed({
        container: `${probes}lifecycle: { preStop: { httpGet: { path: /drain, port: http } } }`,
      }),
    },
  ],
  K28: [
    {
      name: 'more than there is',
      says: 'fail',
      severity: 'error',
      at: 'd.yaml:17',
      computed: '60 > 30',
      files: drained({ env: lameduck(60_000) }),
    },
    {
      name: 'preStop is not taken off',
      says: 'fail',
      severity: 'error',
      computed: '30 > 30 − 5',
      files: drained({ container: sleep(5) }),
    },
    {
      name: 'less than there is',
      says: 'fail',
      severity: 'warning',
      computed: '10 < 30',
      files: drained({ env: lameduck(10_000) }),
    },
    {
      name: 'more than there is, in a ConfigMap',
      says: 'fail',
      severity: 'error',
      at: 'config.yaml:4',
      computed: '60 > 30',
      files: {
        ...routed({ container: 'envFrom: [{ configMapRef: { name: shop } }]' }),
        'config.yaml': configMap('60s'),
      },
    },
    {
      name: 'more than there is, by the key of a ConfigMap',
      says: 'fail',
      at: 'config.yaml:4',
      files: {
        ...routed({
          env: '- name: LAMEDUCK_GRACE_PERIOD\n  valueFrom: { configMapKeyRef: { name: shop, key: LAMEDUCK_GRACE_PERIOD } }',
        }),
        'config.yaml': configMap('60s'),
      },
    },
    { name: 'the same', says: 'pass', files: drained() },
    {
      name: 'from somewhere else',
      says: 'unknown',
      files: drained({
        env: '- name: LAMEDUCK_GRACE_PERIOD\n  valueFrom: { configMapKeyRef: { name: a, key: b } }',
      }),
    },
    {
      name: 'an option of the code',
      says: 'fail',
      severity: 'error',
      at: 'main.ts:2',
      computed: '60 > 30',
      files: {
        ...routed(),
        Dockerfile: dockerfile(),
        'package.json': packageJson({}, { '@lameduck/express': '1' }),
        'main.ts':
          "import { graceful } from '@lameduck/express'\napp.use(graceful({ gracePeriod: 60 * 1000 }))\n",
      },
    },
  ],
  K32: [
    { name: 'zero', says: 'fail', severity: 'info', files: routed({ container: sleep(0) }) },
    { name: 'five', says: 'pass', files: routed({ container: sleep(5) }) },
  ],
  D09: [
    {
      name: 'sleep in distroless',
      says: 'fail',
      severity: 'error',
      files: {
        ...routed({ container: 'lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }' }),
        Dockerfile: 'FROM gcr.io/distroless/nodejs22-debian12\nCMD ["main.js"]\n',
      },
    },
    {
      name: 'sleep in Debian',
      says: 'pass',
      files: {
        ...routed({ container: 'lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }' }),
        Dockerfile: dockerfile(),
      },
    },
  ],
}
