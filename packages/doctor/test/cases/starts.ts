import type { Cases } from './case.js'
import { deployment, dockerfile, packageJson } from './manifests.js'

const npmStart = dockerfile('CMD ["npm", "start"]')
const script = (text: string) => ({
  Dockerfile: dockerfile('COPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]'),
  'run.sh': text,
})

export const startCases: Cases = {
  D01: [
    {
      name: 'CMD in shell form on Debian',
      says: 'fail',
      severity: 'error',
      at: 'Dockerfile:4',
      computed: 'sh → node',
      files: { Dockerfile: dockerfile('CMD node dist/main.js') },
    },
    {
      name: 'ENTRYPOINT in shell form',
      says: 'fail',
      severity: 'error',
      files: { Dockerfile: dockerfile('ENTRYPOINT node dist/main.js') },
    },
    {
      name: 'on Alpine',
      says: 'fail',
      severity: 'warning',
      files: { Dockerfile: dockerfile('CMD node main.js', 'node:22-alpine') },
    },
    {
      name: 'SHELL is bash',
      says: 'fail',
      severity: 'warning',
      files: { Dockerfile: dockerfile('SHELL ["/bin/bash", "-c"]\nCMD node main.js') },
    },
    {
      name: 'inherited from an earlier stage',
      says: 'fail',
      at: 'Dockerfile:2',
      files: { Dockerfile: 'FROM node:22 AS base\nCMD node main.js\nFROM base\nRUN true\n' },
    },
    { name: 'exec in shell form', says: 'pass', files: { Dockerfile: dockerfile('CMD exec node main.js') } },
    { name: 'a list', says: 'pass', files: { Dockerfile: dockerfile() } },
    {
      name: 'only in a stage that is left behind',
      says: 'pass',
      files: {
        Dockerfile: 'FROM node:22 AS build\nCMD node build.js\nFROM node:22\nCMD ["node", "main.js"]\n',
      },
    },
    { name: 'no Node', says: 'nothing', files: { Dockerfile: 'FROM python:3\nCMD python main.py\n' } },
  ],
  D02: [
    {
      name: 'sh -c in a list',
      says: 'fail',
      severity: 'error',
      computed: 'sh -c → node',
      files: { Dockerfile: dockerfile('CMD ["sh", "-c", "node main.js"]') },
    },
    {
      name: 'in a pod',
      says: 'fail',
      severity: 'warning',
      at: 'd.yaml:19',
      files: { 'd.yaml': deployment({ container: 'command: [sh, -c, node main.js]' }) },
    },
    {
      name: 'in a pod whose image is named after Debian',
      says: 'fail',
      severity: 'error',
      files: {
        'd.yaml': deployment({ image: 'node:22-slim', container: 'command: [sh, -c, node main.js]' }),
      },
    },
    {
      name: 'in compose, behind the script of an image',
      says: 'fail',
      at: 'compose.yaml:4',
      files: {
        ...script('#!/bin/sh\nexec "$@"\n'),
        'compose.yaml': 'services:\n  web:\n    build: .\n    command: sh -c "node main.js"\n',
      },
    },
    {
      name: 'exec behind a step',
      says: 'pass',
      files: { Dockerfile: dockerfile('CMD ["sh", "-c", "node migrate.js && exec node main.js"]') },
    },
  ],
  D03: [
    {
      name: 'npm start',
      says: 'fail',
      severity: 'error',
      at: 'Dockerfile:4',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'node main.js' }) },
    },
    {
      name: 'package.json unseen',
      says: 'fail',
      severity: 'error',
      computed: 'npm start → ?',
      files: { Dockerfile: npmStart },
    },
    {
      name: 'on Alpine',
      says: 'fail',
      severity: 'warning',
      files: { Dockerfile: dockerfile('CMD ["npm", "start"]', 'node:22-alpine') },
    },
    {
      name: 'node --run',
      says: 'fail',
      files: {
        Dockerfile: dockerfile('CMD ["node", "--run", "start"]'),
        'package.json': packageJson({ start: 'exec node main.js' }),
      },
    },
    {
      name: 'a script that execs',
      says: 'pass',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'exec node main.js' }) },
    },
    { name: 'no manager', says: 'pass', files: { Dockerfile: dockerfile() } },
    {
      name: 'a Job, whose answers nobody waits for',
      says: 'nothing',
      files: {
        'd.yaml': deployment({ kind: 'Job', image: 'node:22', container: 'command: [npm, run, report]' }),
      },
    },
  ],
  D04: [
    {
      name: 'no exec',
      says: 'fail',
      severity: 'error',
      at: 'run.sh:3',
      files: script('#!/bin/sh\nset -e\nnode dist/main.js\n'),
    },
    {
      name: 'the arguments without exec',
      says: 'fail',
      at: 'run.sh:2',
      files: {
        ...script('#!/bin/sh\n"$@"\n'),
        Dockerfile: dockerfile('COPY run.sh /\nENTRYPOINT ["/run.sh"]\nCMD ["node", "main.js"]'),
      },
    },
    { name: 'exec', says: 'pass', files: script('#!/bin/sh\nset -e\nexec node dist/main.js\n') },
    {
      name: 'in a heredoc',
      says: 'fail',
      at: 'Dockerfile:4',
      files: {
        Dockerfile:
          'FROM node:22\nCOPY <<EOF /run.sh\n#!/bin/sh\nnode main.js\nEOF\nENTRYPOINT ["/run.sh"]\n',
      },
    },
    {
      name: 'copied under another name',
      says: 'fail',
      at: 'web/scripts/go.sh:2',
      files: {
        'web/Dockerfile':
          'FROM node:22 AS build\nCOPY . /app\nFROM node:22-slim\nCOPY --from=build /app/web/scripts/go.sh /start.sh\nCMD ["/start.sh"]\n',
        'web/scripts/go.sh': '#!/bin/sh\nnode server.js\n',
      },
    },
    {
      name: 'not found',
      says: 'unknown',
      files: { Dockerfile: dockerfile('ENTRYPOINT ["/run.sh"]\nCMD ["node", "main.js"]') },
    },
    {
      name: 'it takes signals itself',
      says: 'unknown',
      files: script("#!/bin/sh\ntrap 'kill $pid' TERM\nnode main.js &\npid=$!\nwait $pid\n"),
    },
  ],
  D05: [
    {
      name: 'nodemon',
      says: 'fail',
      severity: 'error',
      files: { Dockerfile: dockerfile('CMD ["nodemon", "main.js"]') },
    },
    {
      name: 'by a script',
      says: 'fail',
      at: 'package.json:4',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'nodemon main.js' }) },
    },
    { name: 'node', says: 'pass', files: { Dockerfile: dockerfile() } },
    {
      name: 'a last stage for developing, behind one for serving',
      says: 'pass',
      files: {
        Dockerfile:
          'FROM node:22 AS production\nCMD ["node", "main.js"]\nFROM production AS dev\nCMD ["nodemon", "main.js"]\n',
      },
    },
    {
      name: 'a last stage for developing',
      says: 'nothing',
      files: { Dockerfile: 'FROM node:22 AS development\nCMD ["nodemon", "main.js"]\n' },
    },
    {
      name: 'a Dockerfile for developing',
      says: 'nothing',
      files: { 'Dockerfile.dev': dockerfile('CMD ["nodemon", "main.js"]') },
    },
  ],
  D12: [
    {
      name: 'tini above a shell',
      says: 'fail',
      severity: 'error',
      computed: 'tini → sh → node',
      files: { Dockerfile: dockerfile('ENTRYPOINT ["tini", "--"]\nCMD node main.js') },
    },
    {
      name: 'dumb-init above npm',
      says: 'fail',
      files: {
        Dockerfile: dockerfile('CMD ["dumb-init", "npm", "start"]'),
        'package.json': packageJson({ start: 'node main.js' }),
      },
    },
    {
      name: 'tini above node',
      says: 'pass',
      files: { Dockerfile: dockerfile('ENTRYPOINT ["/sbin/tini", "-g", "--"]\nCMD ["node", "main.js"]') },
    },
  ],
  P01: [
    {
      name: 'no exec',
      says: 'fail',
      severity: 'error',
      at: 'package.json:4',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'node main.js' }) },
    },
    {
      name: 'where every process is signalled, it is npm that leaves first',
      says: 'fail',
      severity: 'warning',
      files: { Procfile: 'web: npm start\n', 'package.json': packageJson({ start: 'node main.js' }) },
    },
    {
      name: 'exec',
      says: 'pass',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'exec node main.js' }) },
    },
    {
      name: 'nobody uses it',
      says: 'nothing',
      files: { Dockerfile: dockerfile(), 'package.json': packageJson({ start: 'node main.js' }) },
    },
  ],
  P02: [
    {
      name: 'a chain',
      says: 'fail',
      severity: 'error',
      files: {
        Dockerfile: npmStart,
        'package.json': packageJson({ start: 'node migrate.js && node main.js' }),
      },
    },
    {
      name: 'a pipe',
      says: 'fail',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'node main.js | pino-pretty' }) },
    },
    {
      name: 'a pipe keeps every shell',
      says: 'fail',
      severity: 'error',
      files: {
        Dockerfile: dockerfile('CMD ["npm", "start"]', 'node:22-alpine'),
        'package.json': packageJson({ start: 'node main.js | pino-pretty' }),
      },
    },
    {
      name: 'exec, and something that is never reached',
      says: 'pass',
      files: { Dockerfile: npmStart, 'package.json': packageJson({ start: 'exec node main.js || exit 1' }) },
    },
    {
      name: 'it ends with exec',
      says: 'pass',
      files: {
        Dockerfile: npmStart,
        'package.json': packageJson({ start: 'node migrate.js && exec node main.js' }),
      },
    },
  ],
  P03: [
    {
      name: 'ts-node',
      says: 'fail',
      severity: 'warning',
      files: { 'package.json': packageJson({ start: 'ts-node src/main.ts' }) },
    },
    { name: 'node', says: 'pass', files: { 'package.json': packageJson({ start: 'exec node main.js' }) } },
    {
      name: 'no service',
      says: 'nothing',
      files: { 'package.json': packageJson({ start: 'nodemon main.js' }, {}) },
    },
  ],
}
