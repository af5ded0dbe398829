/** The name of a program, without its folder. */
export const programName = (word: string): string => word.slice(word.lastIndexOf('/') + 1)

/** Shells, by their names. */
export const shellNames: readonly string[] = ['sh', 'dash', 'ash', 'bash', 'zsh', 'ksh', 'busybox']

/** What stands above a service to reap children. */
export const inits: readonly string[] = [
  'tini',
  'tini-static',
  'dumb-init',
  'catatonit',
  'docker-init',
  'dinit',
]

/** What runs scripts of package.json. */
export const managers: readonly string[] = [
  'npm',
  'yarn',
  'yarnpkg',
  'pnpm',
  'npx',
  'pnpx',
  'bunx',
  'corepack',
]

const developers: readonly string[] = [
  'nodemon',
  'ts-node-dev',
  'tsnd',
  'concurrently',
  'forever',
  'supervisor',
  'node-dev',
  'tsc-watch',
  'vite-node',
  'browser-sync',
  'webpack-dev-server',
]

/** Programs that serve sources when they are asked to like this. */
const servingSources: readonly (readonly [RegExp, string])[] = [
  [/^tsx watch\b/, 'tsx watch'],
  [/^node\b.* --watch\b/, 'node --watch'],
  [/^next dev\b/, 'next dev'],
  [/^nuxt dev\b/, 'nuxt dev'],
  [/^astro dev\b/, 'astro dev'],
  [/^remix dev\b/, 'remix dev'],
  [/^nest start\b/, 'nest start'],
  [/^vite(?! preview| build)\b/, 'vite'],
  [/^react-scripts start\b/, 'react-scripts start'],
  [/^ng serve\b/, 'ng serve'],
]

/** Whether a command is one for developing: it restarts what it runs, or serves sources. */
export function developerOf(words: readonly string[]): string | undefined {
  const name = programName(words[0] ?? '')
  if (developers.includes(name)) return name
  const line = [name, ...words.slice(1)].join(' ')
  return servingSources.find(([pattern]) => pattern.test(line))?.[1]
}

/** Programs of packages that are Node themselves. */
const nodePrograms: readonly string[] = [
  'node',
  'nodejs',
  'next',
  'nuxt',
  'fastify',
  'ts-node',
  'tsx',
  'pm2-runtime',
  'serve',
  'http-server',
  'remix-serve',
  'react-router-serve',
  'strapi',
  'directus',
  'astro',
  'lameduck-cluster',
  'node-red',
  'ghost',
  'n8n',
  'esno',
  'swc-node',
  'babel-node',
  'moleculer-runner',
  'json-server',
]

/** Whether a command is Node's, or a program that Node runs. */
export const isNodeProgram = (words: readonly string[]): boolean => {
  const name = programName(words[0] ?? '')
  return nodePrograms.includes(name) || /^node\d*$/.test(name) || /\.[cm]?js$/.test(name)
}

const withEnvironment = ['env', 'cross-env', 'cross-env-shell']
const withDivider = ['dotenv', 'dotenvx', 'doppler', 'infisical', 'op']
const lengths: Readonly<Record<string, number>> = {
  exec: 1,
  command: 1,
  nohup: 1,
  'docker-entrypoint.sh': 1,
  gosu: 2,
  'su-exec': 2,
}

/** How many words of a command only prepare what it runs: `env A=b`, `gosu node`, `cross-env`. */
export function wrapperLength(words: readonly string[]): number {
  const name = programName(words[0] ?? '')
  if (Object.hasOwn(lengths, name)) return lengths[name] ?? 0
  if (withDivider.includes(name)) return words.indexOf('--') + 1
  if (!withEnvironment.includes(name)) return 0
  const rest = words.slice(1).findIndex((word) => !/^-|^[A-Za-z_]\w*=/.test(word))
  return rest < 0 ? words.length : rest + 1
}

/** The words behind an init's own options. */
export function behindInit(words: readonly string[]): readonly string[] {
  const divider = words.indexOf('--')
  if (divider > 0) return words.slice(divider + 1)
  let at = 1
  while (at < words.length && /^-/.test(words[at] as string))
    at += /^-[ep]$/.test(words[at] as string) ? 2 : 1
  return words.slice(at)
}
