import { fileURLToPath } from 'node:url'

const script = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url))

export const packageManagers = {
  pnpm10: script('pnpm-10/bin/pnpm.cjs'),
  yarn1: script('yarn-1/bin/yarn.js'),
  yarn4: script('yarn-4/bin/yarn.js'),
}
