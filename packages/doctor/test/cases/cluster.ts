import type { Cases } from './case.js'
import { deployment, lameduck, probes, service } from './manifests.js'

type Parts = Parameters<typeof deployment>[0]
const later = '$'.concat('{LATER}')
const routed = (parts: Parts = {}, more: Readonly<Record<string, string>> = {}) => ({
  'd.yaml': deployment({ container: probes, ...parts }),
  's.yaml': service(),
  ...more,
})
const budget = (spec: string) => ({
  'b.yaml': `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: shop }\nspec: { selector: { matchLabels: { app: shop } }, ${spec} }\n`,
})
const scaler = (spec: string) => ({
  'h.yaml': `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: shop }\nspec: { scaleTargetRef: { kind: Deployment, name: shop }, ${spec} }\n`,
})
const knative = (pod: string, container = '', annotations = '{}') => ({
  'k.yaml': `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: shop }\nspec:\n  template:\n    metadata: { annotations: ${annotations} }\n    spec:\n      ${pod}\n      containers:\n        - image: acme/shop\n          env: [{ name: NODE_ENV, value: production }]\n          ${container}\n`,
})
const cloudRun = (variable: string) => {
  const { 'k.yaml': text } = knative('timeoutSeconds: 300', '', '{ run.googleapis.com/client-name: gcloud }')
  return { 'k.yaml': text.replace('env: [', `env: [{ name: ${variable} }, `) }
}
const route = (timeouts: string) => ({
  'r.yaml': `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: shop }\nspec: { rules: [{ ${timeouts} backendRefs: [{ name: shop, port: 80 }] }] }\n`,
})
const ingress = (annotations: string) => ({
  'i.yaml': `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: shop, annotations: { ${annotations} } }\nspec: { defaultBackend: { service: { name: shop } } }\n`,
})
const job = (env = '') =>
  deployment({ kind: 'Job', spec: 'backoffLimit: 1', env }).replace('apps/v1', 'batch/v1')
const rollout = (strategy: string) => ({
  'd.yaml': deployment({ kind: 'Rollout', spec: `replicas: 3\nstrategy: ${strategy}` }).replace(
    'apps/v1',
    'argoproj.io/v1alpha1',
  ),
  's.yaml': service(),
})
const proxy = '- { name: proxy, image: envoyproxy/envoy:v1 }'

export const clusterCases: Cases = {
  K10: [
    {
      name: 'a name that is not declared',
      says: 'fail',
      severity: 'error',
      computed: 'web ∉ http',
      files: routed({ container: 'readinessProbe: { httpGet: { path: /, port: web } }' }),
    },
    {
      name: 'a number that is not declared',
      says: 'fail',
      severity: 'info',
      files: routed({ container: 'readinessProbe: { httpGet: { path: /, port: 9000 } }' }),
    },
    { name: 'declared', says: 'pass', files: routed() },
  ],
  K11: [
    {
      name: 'a name',
      says: 'fail',
      severity: 'warning',
      files: routed({ container: 'readinessProbe: { grpc: { port: http } }' }),
    },
    {
      name: 'a number',
      says: 'pass',
      files: routed({ container: 'readinessProbe: { grpc: { port: 3000, service: readiness } }' }),
    },
  ],
  K12: [
    {
      name: 'a shell in distroless',
      says: 'fail',
      severity: 'error',
      files: routed(
        { container: 'readinessProbe: { exec: { command: [sh, -c, "true"] } }' },
        { Dockerfile: 'FROM gcr.io/distroless/nodejs22\nCMD ["main.js"]\n' },
      ),
    },
    {
      name: 'a shell in Debian',
      says: 'pass',
      files: routed(
        { container: 'readinessProbe: { exec: { command: [sh, -c, "true"] } }' },
        { Dockerfile: 'FROM node:22\nCMD ["node", "main.js"]\n' },
      ),
    },
  ],
  K27: [
    {
      name: 'longer than the pod lives',
      says: 'fail',
      severity: 'warning',
      computed: '300 s > 30 s',
      files: routed(
        {},
        ingress(
          'alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=300',
        ),
      ),
    },
    {
      name: 'shorter',
      says: 'pass',
      files: routed(
        {},
        ingress('alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=20'),
      ),
    },
    {
      name: 'a grace period that is filled in later',
      says: 'unknown',
      files: routed(
        { pod: `terminationGracePeriodSeconds: ${later}` },
        ingress('alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=20'),
      ),
    },
  ],
  K29: [
    {
      name: 'a proxy of unknown kind',
      says: 'unknown',
      files: routed({ annotations: '{ sidecar.istio.io/inject: "true" }' }),
    },
    {
      name: 'a native sidecar',
      says: 'pass',
      files: routed({
        annotations: '{ sidecar.istio.io/inject: "true", sidecar.istio.io/nativeSidecar: "true" }',
      }),
    },
  ],
  K30: [
    {
      name: 'it may start first',
      says: 'unknown',
      files: routed({ annotations: '{ sidecar.istio.io/inject: "true" }' }),
    },
    {
      name: 'it waits',
      says: 'pass',
      files: routed({
        annotations: `{ sidecar.istio.io/inject: "true", proxy.istio.io/config: 'holdApplicationUntilProxyStarts: true' }`,
      }),
    },
  ],
  K31: [
    {
      name: 'a signal that nobody hears',
      says: 'fail',
      severity: 'error',
      files: routed({ env: lameduck(), container: 'lifecycle: { stopSignal: SIGUSR1 }' }),
    },
    {
      name: 'the usual one',
      says: 'pass',
      files: routed({ env: lameduck(), container: 'lifecycle: { stopSignal: SIGTERM }' }),
    },
    {
      name: 'filled in later',
      says: 'unknown',
      files: routed({ container: `lifecycle: { stopSignal: "${later}" }` }),
    },
  ],
  K33: [
    {
      name: 'a proxy beside it',
      says: 'fail',
      severity: 'warning',
      at: 'd.yaml:25',
      files: routed({ beside: proxy }),
    },
    {
      name: 'something else beside it',
      says: 'pass',
      files: routed({ beside: '- { name: logs, image: acme/logs }' }),
    },
  ],
  K34: [
    {
      name: 'a window for nobody',
      says: 'fail',
      severity: 'info',
      files: { 'j.yaml': job(`${lameduck()}\n- { name: LAMEDUCK_SHUTDOWN_DELAY, value: 5s }`) },
    },
    { name: 'none', says: 'pass', files: { 'j.yaml': job(lameduck()) } },
  ],
  K40: [
    {
      name: 'Recreate',
      says: 'fail',
      severity: 'error',
      files: routed({ spec: 'replicas: 3\nstrategy: { type: Recreate }' }),
    },
    {
      name: 'a volume that one pod may hold',
      says: 'fail',
      severity: 'info',
      files: routed({
        spec: 'strategy: { type: Recreate }',
        pod: 'volumes: [{ name: v, persistentVolumeClaim: { claimName: c } }]',
      }),
    },
    { name: 'RollingUpdate', says: 'pass', files: routed() },
  ],
  K41: [
    {
      name: 'one',
      says: 'fail',
      severity: 'warning',
      computed: 'replicas 1',
      files: routed({ spec: 'replicas: 1' }),
    },
    {
      name: 'an autoscaler that goes down to one',
      says: 'fail',
      computed: 'minReplicas 1',
      files: routed({}, scaler('minReplicas: 1')),
    },
    { name: 'three', says: 'pass', files: routed() },
    { name: 'filled in later', says: 'unknown', files: routed({ spec: `replicas: ${later}` }) },
    {
      name: 'a namespace for trying',
      says: 'nothing',
      files: routed({ spec: 'replicas: 1', namespace: 'shop-dev' }),
    },
  ],
  K42: [
    {
      name: 'all at once',
      says: 'fail',
      severity: 'error',
      computed: '3 of 3 away at once',
      files: routed({ spec: 'replicas: 3\nstrategy: { rollingUpdate: { maxUnavailable: 100% } }' }),
    },
    {
      name: 'all but one',
      says: 'fail',
      severity: 'warning',
      computed: '2 of 3 away at once',
      files: routed({ spec: 'replicas: 3\nstrategy: { rollingUpdate: { maxUnavailable: 2 } }' }),
    },
    { name: 'the defaults', says: 'pass', files: routed() },
    {
      name: 'filled in later',
      says: 'unknown',
      files: routed({ spec: `replicas: 3\nstrategy: { rollingUpdate: { maxUnavailable: "${later}" } }` }),
    },
  ],
  K43: [
    { name: 'none', says: 'fail', severity: 'warning', files: routed() },
    {
      name: 'one that allows nothing',
      says: 'fail',
      computed: 'minAvailable 3 of 3: 0 may go',
      files: routed({}, budget('minAvailable: 3')),
    },
    { name: 'one that allows one', says: 'pass', files: routed({}, budget('maxUnavailable: 1')) },
  ],
  K44: [
    { name: 'zero behind an Ingress', says: 'fail', severity: 'info', files: routed({}, ingress('')) },
    { name: 'ten', says: 'pass', files: routed({ spec: 'replicas: 3\nminReadySeconds: 10' }, ingress('')) },
    { name: 'nothing in front', says: 'nothing', files: routed() },
  ],
  K45: [
    {
      name: 'a port of the node',
      says: 'fail',
      severity: 'warning',
      files: routed({ pod: 'hostNetwork: true' }),
    },
    { name: 'none', says: 'pass', files: routed() },
  ],
  K46: [
    {
      name: 'whoever is behind it',
      says: 'fail',
      severity: 'error',
      files: { 's.yaml': service('publishNotReadyAddresses: true') },
    },
    {
      name: 'headless',
      says: 'fail',
      severity: 'info',
      files: { 's.yaml': service('publishNotReadyAddresses: true\nclusterIP: None') },
    },
    { name: 'not there', says: 'pass', files: { 's.yaml': service() } },
  ],
  K47: [
    {
      name: 'the last of its node',
      says: 'fail',
      severity: 'warning',
      files: { ...routed({ env: lameduck() }), 's.yaml': service('externalTrafficPolicy: Local') },
    },
    {
      name: 'readiness is kept',
      says: 'pass',
      files: {
        ...routed({ env: lameduck() }),
        's.yaml': service('externalTrafficPolicy: Local'),
        Dockerfile: 'FROM node:22\nCMD ["node", "main.js"]\n',
        'package.json': '{ "name": "shop", "dependencies": { "@lameduck/express": "1" } }',
        'main.js':
          "import { graceful } from '@lameduck/express'\ngraceful({ readinessDuringDrain: 'keep' })\n",
      },
    },
  ],
  K49: [
    {
      name: 'longer than the drain',
      says: 'fail',
      severity: 'warning',
      files: routed({ env: lameduck() }, ingress('nginx.ingress.kubernetes.io/proxy-read-timeout: "300"')),
    },
    {
      name: 'shorter',
      says: 'pass',
      files: routed({ env: lameduck() }, ingress('nginx.ingress.kubernetes.io/proxy-read-timeout: "10"')),
    },
    {
      name: 'another library',
      says: 'unknown',
      files: routed({}, ingress('nginx.ingress.kubernetes.io/proxy-read-timeout: "10"')),
    },
  ],
  K50: [
    {
      name: 'WebSockets in thirty seconds',
      says: 'fail',
      severity: 'info',
      files: routed({}, ingress('nginx.org/websocket-services: shop')),
    },
    {
      name: 'WebSockets in ninety',
      says: 'pass',
      files: routed(
        { pod: 'terminationGracePeriodSeconds: 90' },
        ingress('nginx.org/websocket-services: shop'),
      ),
    },
  ],
  K51: [
    {
      name: 'longer than the drain',
      says: 'fail',
      severity: 'warning',
      computed: 'shop: 60 s > 18 s',
      files: routed({ env: lameduck() }, route('timeouts: { request: 60s },')),
    },
    {
      name: 'shorter',
      says: 'pass',
      files: routed({ env: lameduck() }, route('timeouts: { request: 10s },')),
    },
    { name: 'another library', says: 'unknown', files: routed({}, route('timeouts: { request: 10s },')) },
  ],
  K52: [
    {
      name: 'before the balancer knows',
      says: 'fail',
      severity: 'warning',
      computed: '5 s < 10 s',
      files: rollout('{ blueGreen: { scaleDownDelaySeconds: 5 } }'),
    },
    { name: 'the default', says: 'pass', files: rollout('{ blueGreen: {} }') },
    {
      name: 'filled in later',
      says: 'unknown',
      files: rollout(`{ blueGreen: { scaleDownDelaySeconds: "${later}" } }`),
    },
  ],
  K53: [
    {
      name: 'an hour',
      says: 'fail',
      severity: 'warning',
      computed: '3600 s > 600 s',
      files: routed({ pod: 'terminationGracePeriodSeconds: 3600' }),
    },
    { name: 'a minute', says: 'pass', files: routed({ pod: 'terminationGracePeriodSeconds: 60' }) },
  ],
  K54: [
    {
      name: 'thirty on spot',
      says: 'fail',
      severity: 'warning',
      computed: '30 s > 15 s',
      files: routed({ pod: 'nodeSelector: { cloud.google.com/gke-spot: "true" }' }),
    },
    {
      name: 'fifteen on spot',
      says: 'pass',
      files: routed({
        pod: 'terminationGracePeriodSeconds: 15\nnodeSelector: { cloud.google.com/gke-spot: "true" }',
      }),
    },
  ],
  K55: [
    {
      name: 'none beside it',
      says: 'fail',
      severity: 'warning',
      files: routed({ kind: 'DaemonSet', spec: 'minReadySeconds: 0' }),
    },
    {
      name: 'one beside it',
      says: 'pass',
      files: routed({ kind: 'DaemonSet', spec: 'updateStrategy: { rollingUpdate: { maxSurge: 1 } }' }),
    },
  ],
  N01: [
    {
      name: 'shorter than the longest request',
      says: 'fail',
      severity: 'error',
      computed: '60 < 50 + 30',
      files: knative('timeoutSeconds: 60'),
      options: { longestRequest: 50_000 },
    },
    { name: 'all of it is quiet', says: 'fail', files: knative('timeoutSeconds: 30') },
    {
      name: 'long enough',
      says: 'pass',
      files: knative('timeoutSeconds: 120'),
      options: { longestRequest: 50_000 },
    },
    { name: 'filled in later', says: 'unknown', files: knative(`timeoutSeconds: ${later}`) },
    {
      name: 'Cloud Run',
      says: 'nothing',
      files: knative('timeoutSeconds: 30', '', '{ run.googleapis.com/client-name: gcloud }'),
    },
  ],
  N02: [
    {
      name: 'it has no effect',
      says: 'fail',
      severity: 'warning',
      at: 'k.yaml:8',
      files: knative('terminationGracePeriodSeconds: 60'),
    },
    { name: 'it is not there', says: 'pass', files: knative('timeoutSeconds: 120') },
  ],
  N03: [
    {
      name: 'it has no effect',
      says: 'fail',
      severity: 'warning',
      files: knative('timeoutSeconds: 120', 'lifecycle: { preStop: { sleep: { seconds: 5 } } }'),
    },
    { name: 'it is not there', says: 'pass', files: knative('timeoutSeconds: 120') },
  ],
  N05: [
    {
      name: 'a program',
      says: 'fail',
      severity: 'warning',
      files: knative('timeoutSeconds: 120', 'readinessProbe: { exec: { command: [cat, /ready] } }'),
    },
    {
      name: 'a request',
      says: 'pass',
      files: knative('timeoutSeconds: 120', 'readinessProbe: { httpGet: { path: /readyz } }'),
    },
  ],
  R01: [
    {
      name: 'longer than Cloud Run waits',
      says: 'fail',
      severity: 'error',
      computed: '30 > 10',
      files: cloudRun('LAMEDUCK_GRACE_PERIOD, value: 30s'),
    },
    { name: 'the preset', says: 'pass', files: cloudRun('LAMEDUCK_LINGER, value: 1s') },
  ],
}
