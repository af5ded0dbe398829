// The test suites of others that must not change when lameduck is in every server, and how each of their files is run.
import { readFileSync } from 'node:fs'

/**
 * One project's tests.
 *
 * @typedef {object} Suite
 * @property {string} name also the folder of its checkout
 * @property {string} repository
 * @property {string} ref what was tried
 * @property {string} [below] the folder of the package in the checkout
 * @property {string[]} install how its dependencies get there
 * @property {readonly string[]} files which files are tests: regular expressions on their path below the package
 * @property {readonly string[]} [leftOut] those that cannot run outside their own set-up
 * @property {(file: string, path: string) => string[]} command what runs one file: arguments of Node
 * @property {Record<string, string>} [environment] what else it wants in the environment
 * @property {{ name: string, module: string }} [adapter] the adapter for its applications, and the file that makes one
 */

const npm = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund']

/** A test of Node's own says in a comment which flags it wants. */
const flagsOf = (/** @type {string} */ path) =>
  /^\/\/ Flags: (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1]?.split(/\s+/) ?? []

const nodeTest = (/** @type {string} */ file) => ['--test', '--test-reporter=tap', file]
const mocha =
  (/** @type {string[]} */ ...options) =>
  (/** @type {string} */ file) => ['node_modules/mocha/bin/_mocha', '--reporter=tap', ...options, file]

const github = (/** @type {string} */ name) => `https://github.com/${name}.git`

const node = (/** @type {string} */ protocol) => ({
  name: `node-${protocol}`,
  repository: github('nodejs/node'),
  ref: `v${process.versions.node}`,
  install: [],
  files: [`^test/(parallel|sequential)/test-${protocol}-.*\\.m?js$`],
  command: (/** @type {string} */ file, /** @type {string} */ path) => [...flagsOf(path), file],
})

/** @type {readonly Suite[]} */
export const suites = [
  node('http'),
  node('https'),
  node('http2'),
  {
    name: 'fastify',
    repository: github('fastify/fastify'),
    ref: 'v5.8.5',
    install: npm,
    files: ['^test/.*\\.test\\.js$'],
    leftOut: ['^test/bundler/', '^test/types/'],
    command: nodeTest,
    adapter: { name: 'fastify', module: 'fastify.js' },
  },
  {
    name: 'fastify-http-proxy',
    repository: github('fastify/fastify-http-proxy'),
    ref: 'v11.4.4',
    install: npm,
    files: ['^test/.*\\.js$'],
    leftOut: ['^test/helper/'],
    command: nodeTest,
    adapter: { name: 'fastify', module: 'node_modules/fastify/fastify.js' },
  },
  {
    name: 'fastify-reply-from',
    repository: github('fastify/fastify-reply-from'),
    ref: 'v12.6.4',
    install: npm,
    files: ['^test/.*\\.js$'],
    leftOut: ['^test/fixtures/'],
    command: nodeTest,
    adapter: { name: 'fastify', module: 'node_modules/fastify/fastify.js' },
  },
  {
    name: 'express',
    repository: github('expressjs/express'),
    ref: 'v5.2.1',
    install: npm,
    files: ['^test/[^/]*\\.js$', '^test/acceptance/.*\\.js$'],
    command: mocha('--require=test/support/env', '--check-leaks'),
    adapter: { name: 'express', module: 'lib/express.js' },
  },
  {
    name: 'undici',
    repository: github('nodejs/undici'),
    ref: 'v7.29.0',
    install: npm,
    files: ['^test/[^/]*\\.js$', '^test/(fetch|websocket|eventsource|interceptors)/[^/]*\\.js$'],
    command: (file) => ['--expose-gc', ...nodeTest(file)],
  },
  {
    name: 'ws',
    repository: github('websockets/ws'),
    ref: '8.21.0',
    install: npm,
    files: ['^test/.*\\.test\\.js$'],
    command: mocha('--throw-deprecation'),
  },
  {
    name: 'socket.io',
    repository: github('socketio/socket.io'),
    ref: 'socket.io@4.8.3',
    below: 'packages/socket.io',
    install: npm,
    files: ['^test/[^/]*\\.ts$'],
    leftOut: ['^test/(index|support)'],
    command: (file) => [
      '../../node_modules/mocha/bin/_mocha',
      '--reporter=tap',
      '--import=tsx',
      '--timeout=15000',
      '--exit',
      file,
    ],
  },
  {
    name: 'engine.io',
    repository: github('socketio/socket.io'),
    ref: 'socket.io@4.8.3',
    below: 'packages/engine.io',
    install: npm,
    files: ['^test/(engine\\.io|server|jsonp|middlewares|webtransport)\\.js$'],
    command: (file) => [
      '../../node_modules/mocha/bin/_mocha',
      '--reporter=tap',
      '--timeout=15000',
      '--exit',
      file,
    ],
  },
  {
    name: 'grpc-js',
    repository: github('grpc/grpc-node'),
    ref: '@grpc/grpc-js@1.14.3',
    below: 'packages/grpc-js',
    install: npm,
    files: ['^build/test/test-.*\\.js$'],
    command: mocha('--exit'),
    adapter: { name: 'grpc', module: 'build/src/index.js' },
  },
  {
    name: 'koa',
    repository: github('koajs/koa'),
    ref: 'v3.2.0',
    install: npm,
    files: ['^__tests__/.*\\.test\\.js$'],
    command: nodeTest,
  },
  {
    name: 'hapi',
    repository: github('hapijs/hapi'),
    ref: 'v21.4.7',
    install: npm,
    files: ['^test/[^/]*\\.js$'],
    leftOut: ['^test/(common|index)\\.js$'],
    command: (file) => [
      'node_modules/@hapi/lab/bin/lab',
      '-a',
      '@hapi/code',
      '-r',
      'tap',
      '-m',
      '15000',
      file,
    ],
  },
  {
    name: 'finalhandler',
    repository: github('pillarjs/finalhandler'),
    ref: 'v2.1.1',
    install: npm,
    files: ['^test/[^/]*\\.js$'],
    command: mocha('--check-leaks'),
  },
  {
    name: 'serverless-http',
    repository: github('dougmoscrop/serverless-http'),
    ref: 'v4.0.0',
    install: npm,
    files: ['^test/.*\\.js$'],
    leftOut: ['^test/(util|integration)/'],
    command: mocha(),
  },
  {
    name: 'nest',
    repository: github('nestjs/nest'),
    ref: 'v11.1.7',
    install: [...npm, '--legacy-peer-deps'],
    files: ['^integration/.*\\.spec\\.ts$'],
    // They need brokers, or databases.
    leftOut: [
      '^integration/(mongoose|typeorm|graphql-[^/]*)/',
      '^integration/microservices/e2e/.*(kafka|mqtt|nats|redis|rmq|broadcast)',
    ],
    command: mocha('--timeout=15000', '--exit'),
    environment: { TS_NODE_TRANSPILE_ONLY: 'true' },
    adapter: { name: 'nestjs', module: 'packages/testing/index.ts' },
  },
]
