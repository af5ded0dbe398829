import { describe, expect, test } from 'vitest'
import { examine, filesOf } from '../src/index.js'
import { deployment, dockerfile, lameduck, packageJson, service } from './cases/manifests.js'

const rulesOf = (files: Readonly<Record<string, string>>, says: 'fail' | 'unknown' = 'fail', all = false) =>
  examine(filesOf(files), { all })
    .findings.filter(({ verdict }) => verdict === says)
    .map(({ rule }) => rule)
const leftOut = (files: Readonly<Record<string, string>>) => examine(filesOf(files)).summary.leftOut

const manifest = (image: string) =>
  deployment({ image, env: '' }).replace('- { name: NODE_ENV, value: production }', '- { name: A, value: b }')

test('a start that an image and a service of compose share is found once', () => {
  const { findings } = examine(
    filesOf({
      Dockerfile: 'FROM node:22\nCMD ["npm", "start"]\n',
      'package.json': '{ "scripts": { "start": "node main.js" } }',
      'compose.yaml': 'services:\n  web:\n    build: .\n    init: true\n',
    }),
  )
  expect(findings.map(({ rule }) => rule).sort()).toEqual(['C01', 'C03', 'D03', 'P01'])
})

describe('whom a rule is for', () => {
  test.each([
    ['docker.io/library/node:22', 0],
    ['acme/orders-nodejs:2', 0],
    ['acme/orders:2', 1],
    ['acme/my-node-microservice:16', 0],
    ['openzipkin/zipkin', 1],
    ['postgres:17', 1],
    ['quay.io/calico/node:v3', 1],
    ['selenium/node-chrome:4', 1],
    ['prom/node-exporter', 1],
  ])('%s by its name alone', (image, count) => {
    expect(leftOut({ 'd.yaml': manifest(image) })).toBe(count)
  })

  test('a container whose image is made by a Dockerfile that was read, found by package, folder, tool or as the only one', () => {
    const docker = { 'shop/Dockerfile': dockerfile() }
    expect(
      leftOut({ ...docker, 'd.yaml': manifest('registry.example.com:5000/acme/shop:1.2@sha256:abc') }),
    ).toBe(0)
    expect(
      leftOut({
        'a/Dockerfile': dockerfile(),
        'a/package.json': '{ "name": "@acme/billing" }',
        'b/Dockerfile': dockerfile(),
        'd.yaml': manifest('acme/billing'),
      }),
    ).toBe(0)
    const skaffold =
      'apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts: [{ image: gcr.io/x/front, context: web }]\n'
    expect(
      leftOut({
        'web/Dockerfile': dockerfile(),
        'b/Dockerfile': dockerfile(),
        'skaffold.yaml': skaffold,
        'd.yaml': manifest('gcr.io/x/front'),
      }),
    ).toBe(0)
    expect(leftOut({ Dockerfile: dockerfile(), 'd.yaml': manifest('acme/anything') })).toBe(0)
  })

  test.each([
    ['acme/auth-service:3', 0],
    ['acme/auth-api', 0],
    ['acme/user', 1],
    ['$'.concat('{REGISTRY}/auth:$', '{TAG}'), 0],
    ['$'.concat('REGISTRY/acme/auth'), 0],
    ['acme/$'.concat('{NAME}:1'), 1],
  ])('%s beside the folders auth and billing', (image, count) => {
    const files = {
      'auth/Dockerfile': dockerfile(),
      'billing/Dockerfile': dockerfile(),
      'd.yaml': manifest(image),
    }
    expect(leftOut(files)).toBe(count)
  })

  test('of several Dockerfiles the one that is nearest', () => {
    const each = (folder: string, start?: string) => ({
      [`${folder}/Dockerfile`]: dockerfile(start),
      [`${folder}/kube/d.yaml`]: manifest('acme/notes'),
      [`${folder}/package.json`]: packageJson().replace('"shop"', `"${folder}"`),
    })
    expect(leftOut({ ...each('one'), ...each('two') })).toBe(0)
    expect(
      leftOut({
        'one/Dockerfile': dockerfile(),
        'two/Dockerfile': dockerfile(),
        'kube/d.yaml': manifest('acme/notes'),
      }),
    ).toBe(1)
    expect(leftOut({ 'assets/dockerfile-layers.svg': '<svg/>', 'kube/d.yaml': manifest('acme/notes') })).toBe(
      1,
    )
  })

  test('no container of a Dockerfile that makes something else', () => {
    expect(
      leftOut({
        'shop/Dockerfile': 'FROM golang:1\nCMD ["/shop"]\n',
        'd.yaml': deployment({ image: 'acme/shop' }),
      }),
    ).toBe(2)
  })

  test('everybody, with --all', () => {
    const files = { 'd.yaml': manifest('acme/orders'), 's.yaml': service() }
    expect(rulesOf(files)).not.toContain('K01')
    expect(rulesOf(files, 'fail', true)).toContain('K01')
  })
})

describe('kustomize', () => {
  const base = { 'base/d.yaml': deployment({ env: lameduck() }), 'base/s.yaml': service() }

  test('what a patch changes is not known, whatever stands in the base', () => {
    expect(rulesOf(base)).toContain('K01')
    const patch =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop }\nspec: { template: { spec: { containers: [{ name: shop, readinessProbe: {} }] } } }\n'
    const overlay = {
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{ path: patch.yaml }]\n',
      'prod/patch.yaml': patch,
    }
    expect(rulesOf({ ...base, ...overlay })).not.toContain('K01')
    expect(rulesOf({ ...base, ...overlay }, 'unknown')).toContain('K01')
  })

  test('the same with a patch in the kustomization itself', () => {
    const overlay = {
      'prod/kustomization.yaml':
        'resources: [../base]\npatches: [{ target: { kind: Deployment }, patch: "- op: add" }]\n',
    }
    expect(rulesOf({ ...base, ...overlay }, 'unknown')).toContain('K01')
  })
})

describe('what YAML allows', () => {
  test('anchors, merge keys and quotes are read as they are meant', () => {
    const text = `x: &probe { tcpSocket: { port: 3000 } }\n${deployment({ container: 'readinessProbe:\n  <<: *probe\n  "periodSeconds": 2' })}`
    expect(rulesOf({ 'd.yaml': text, 's.yaml': service() })).toContain('K02')
  })

  test('lists of objects are opened', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'a' },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'b' }] },
        },
      ],
    })
    expect(rulesOf({ 'list.json': list })).toEqual(['K21'])
  })
})

describe('monorepos', () => {
  test('the package that a Dockerfile filters for is the one that counts', () => {
    const docker =
      'FROM node:22-slim\nCOPY . .\nRUN pnpm --filter=@acme/api deploy /app\nCMD ["pnpm", "--filter", "@acme/api", "start"]\n'
    const files = {
      'docker/Dockerfile': docker,
      'package.json': '{ "private": true }',
      'apps/api/package.json': packageJson({ start: 'exec node main.js' }).replace('"shop"', '"@acme/api"'),
    }
    expect(rulesOf(files)).toEqual([])
    expect(
      rulesOf({ ...files, 'apps/api/package.json': files['apps/api/package.json'].replace('exec ', '') }),
    ).toEqual(['P01', 'D03'])
  })
})
