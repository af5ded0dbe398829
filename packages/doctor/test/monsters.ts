const manifest = (body: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec:\n${body}`
const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
  .split('')
  .map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[i]}`).join(', ')}]`)
  .join('\n')}\n`
const many = (text: string, size: number) => text.repeat(Math.ceil(size / text.length))

/** Inputs that are made to take long, or to take all there is. */
export const monsters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an anchor bomb': {
    'a.yaml': manifest(`  ${bomb.replaceAll('\n', '\n  ')}\n  template: { spec: { containers: *j } }\n`),
  },
  'an anchor within itself': {
    'a.yaml': manifest('  template: &t\n    spec:\n      containers: [*t]\n      template: *t\n'),
  },
  'merge keys of merge keys': {
    'a.yaml': manifest(
      `  a: &a { x: 1 }\n${Array.from({ length: 2000 }, (_, i) => `  k${i}: &k${i} { <<: *${i === 0 ? 'a' : `k${i - 1}`}, y${i}: 1 }`).join('\n')}\n`,
    ),
  },
  'deep brackets': {
    'a.yaml': manifest(`  a: ${'['.repeat(100_000)}\n`),
    'package.json': `{"a":${'['.repeat(100_000)}`,
    'fly.toml': `a = ${'['.repeat(50_000)}`,
  },
  'deep indentation': {
    'a.yaml': manifest(Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i + 2)}a:`).join('\n')),
  },
  '10 MB of manifests': { 'a.yaml': many(`---\n${manifest('  replicas: 1\n')}`, 10_000_000) },
  '10 MB in one manifest': { 'a.yaml': manifest(many('  # nothing\n', 10_000_000)) },
  '10 MB of JSON': {
    'a.json': `{"apiVersion":"v1","kind":"List","items":[${many('{"kind":"Pod"},', 10_000_000)}{}]}`,
  },
  '10 MB on one line': { 'compose.yaml': `services:\n  a:\n    image: ${'x'.repeat(10_000_000)}\n` },
  '10 MB of Dockerfile': { Dockerfile: many('RUN echo && \\\n', 10_000_000) },
  '10 MB of stages': { Dockerfile: many('FROM node AS a\nCMD node x\n', 10_000_000) },
  '10 MB of a shell': { Dockerfile: `FROM node\nCMD ${many('node x; ', 10_000_000)}` },
  '10 MB of a unit': { 'a.service': `[Service]\n${many('Environment=A=1\n', 10_000_000)}` },
  '10 MB of a Procfile': { Procfile: many('web: npm start\n', 10_000_000) },
  'a Procfile of one long line': { Procfile: `web: ${many('$(', 2_000_000)}` },
  'open quotes': { Dockerfile: `FROM node\nCMD ${many('"', 1_000_001)}`, 'run.sh': many("'", 1_000_001) },
  'open substitutions': { Dockerfile: `FROM node\nCMD ${many('$(', 1_000_000)}` },
  'heredocs without an end': { Dockerfile: `FROM node\n${many('RUN <<A <<B <<C\n', 500_000)}` },
  'stages in a circle': { Dockerfile: 'FROM b AS a\nFROM a AS b\nFROM b AS a\nCMD node x\n' },
  'scripts in a circle': {
    Dockerfile: 'FROM node\nCMD ["npm", "start"]\n',
    'package.json': '{"scripts":{"start":"npm run a","a":"npm start"}}',
  },
  'a script that calls itself': {
    Dockerfile: 'FROM node\nCOPY run.sh /\nCMD ["/run.sh"]\n',
    'run.sh': '#!/bin/sh\nexec /run.sh\n',
  },
  'a regular expression’s nightmare': {
    Dockerfile: `FROM node\nENV ${many('a=', 300_000)}\nARG ${many('a', 300_000)}\n`,
    'a.service': `[Service]\nExecStart=${many('\\ ', 600_000)}`,
  },
  'prototype keys': {
    'a.yaml': manifest(
      '  __proto__: { replicas: 1 }\n  constructor: x\n  template: { spec: { __proto__: { containers: [] } } }\n',
    ),
    'package.json':
      '{"__proto__":{"scripts":{"start":"node"}},"scripts":{"__proto__":"npm","constructor":"node x"},"dependencies":{"__proto__":"1"}}',
    'compose.yaml': 'services: { __proto__: { image: node, environment: { __proto__: 1 } } }\n',
  },
  binary: {
    'a.yaml': `\0\u0001\uFFFD${many('\uFFFD', 100_000)}`,
    Dockerfile: '\u007FELF\0\0',
    'package.json': '\0',
  },
  nothing: {
    'a.yaml': '',
    Dockerfile: '',
    'package.json': '',
    Procfile: '',
    'fly.toml': '',
    'compose.yaml': '',
    'ecosystem.config.js': '',
    'a.service': '',
  },
  // As large as is still parsed.
  'a long Dockerfile': { Dockerfile: many('RUN echo && \\\n', 290_000) },
  'many stages': { Dockerfile: many('FROM node AS a\nCMD node x\n', 290_000) },
  'many stages that stand upon each other': {
    Dockerfile: Array.from({ length: 9000 }, (_, i) => `FROM s${i} AS s${i + 1}\nCMD node x\n`).join(''),
  },
  'a long command': { Dockerfile: `FROM node\nCMD ${many('node x; ', 290_000)}` },
  'a long script': {
    Dockerfile: 'FROM node\nCOPY run.sh /\nCMD ["/run.sh"]\n',
    'run.sh': many('node x\n', 190_000),
  },
  'many settings': { 'a.service': `[Service]\nExecStart=node x\n${many('Environment=A=1\n', 290_000)}` },
  'many processes': { Procfile: many('web: npm start\n', 290_000) },
  'many services': {
    'compose.yaml': `services:\n${Array.from({ length: 6000 }, (_, i) => `  s${i}:\n    image: node\n`).join('')}`,
  },
  'many quotes': {
    Dockerfile: `FROM node\nCMD ${many('"', 290_001)}`,
    Procfile: `web: ${many('$(', 290_000)}`,
  },
  'many heredocs': { Dockerfile: `FROM node\n${many('RUN <<A <<B <<C\n', 290_000)}` },
  'many variables': {
    Dockerfile: `FROM node\nENV ${many('a=', 290_000)}`,
    'a.service': `[Service]\nExecStart=${many('\\ ', 290_000)}`,
  },
  'many dependencies': {
    'package.json': JSON.stringify({
      dependencies: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`d${i}`, '1'])),
    }),
  },
  'many applications': {
    'ecosystem.config.js': `module.exports = { apps: [${many("{ script: 'a.js' },", 290_000)}] }`,
  },
  'many tables': { 'fly.toml': `app = 'a'\n${many('[[services]]\nport = 1\n', 290_000)}` },
  'many workloads and Services': {
    'a.yaml': Array.from(
      { length: 2000 },
      (_, i) =>
        `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a${i} }\nspec: { selector: {}, template: { metadata: { labels: { app: x } }, spec: { containers: [{ name: a, image: node }] } } }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: a${i} }\nspec: { selector: { app: a${i} } }\n`,
    ).join(''),
  },
}
