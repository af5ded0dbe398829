const indent = (text: string, by: number) =>
  text
    .trim()
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n')

const below = (text: string | undefined, by: number) => (text === undefined ? '' : `${indent(text, by)}\n`)

/** What differs from a plain Deployment. */
export interface DeploymentParts {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  /** In the object's `spec`. */
  readonly spec?: string
  /** In the pod's `spec`. */
  readonly pod?: string
  /** In the container. */
  readonly container?: string
  /** More containers. */
  readonly beside?: string
  readonly image?: string
  /** Entries of the environment. @default NODE_ENV alone */
  readonly env?: string
  readonly annotations?: string
}

/** A Deployment of a Node service on port 3000. Its container begins in line 15. */
export const deployment = ({
  kind = 'Deployment',
  name = 'shop',
  ...parts
}: DeploymentParts = {}): string => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
${parts.namespace ? `  namespace: ${parts.namespace}\n` : ''}spec:
${below(parts.spec ?? 'replicas: 3', 2)}  selector: { matchLabels: { app: shop } }
  template:
    metadata:
      labels: { app: shop }
${parts.annotations ? `      annotations: ${parts.annotations}\n` : ''}    spec:
${below(parts.pod, 6)}      containers:
        - name: shop
          image: ${parts.image ?? 'acme/shop:1'}
          env:
            - { name: NODE_ENV, value: production }
${below(parts.env, 12)}          ports:
            - { name: http, containerPort: 3000 }
${below(parts.container, 10)}${below(parts.beside, 8)}`

/** A Service that leads to it. */
export const service = (spec = 'ports: [{ port: 80, targetPort: http }]'): string => `apiVersion: v1
kind: Service
metadata: { name: shop }
spec:
  selector: { app: shop }
${below(spec, 2)}`

/** Says that lameduck drains it. */
export const lameduck = (grace = 30_000): string => `- { name: LAMEDUCK_GRACE_PERIOD, value: "${grace}" }`

/** Probes as they should be. */
export const probes = `readinessProbe:
  httpGet: { path: /readyz, port: http }
  periodSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /livez, port: http }
`

/** A Dockerfile of a Node service. */
export const dockerfile = (
  start = 'CMD ["node", "dist/main.js"]',
  base = 'node:22-slim',
): string => `FROM ${base}
WORKDIR /app
COPY . .
${start}
`

/** A package.json of a service. */
export const packageJson = (
  scripts: Readonly<Record<string, string>> = {},
  dependencies: Readonly<Record<string, string>> = { express: '^5' },
): string => JSON.stringify({ name: 'shop', scripts, dependencies }, undefined, 2)
