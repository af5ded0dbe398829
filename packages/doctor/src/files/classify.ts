import { nameOf } from './files.js'

/** What a file is, as far as its name and a glance into it tell. */
export type FileKind =
  | 'dockerfile'
  | 'package'
  | 'procfile'
  | 'compose'
  | 'kubernetes'
  | 'kustomization'
  | 'chart'
  | 'systemd'
  | 'pm2'
  | 'fly'
  | 'ecs'
  | 'suppressions'

const names: readonly (readonly [RegExp, FileKind])[] = [
  [/^\.doctor\.ya?ml$/, 'suppressions'],
  [
    /^(?:Dockerfile|Containerfile)(?:[.-](?!(?:[\w.-]*\.)?(?:dockerignore|md|txt|svg|png|jpe?g|gif|html|json|ya?ml|[cm]?[jt]s|lock|tpl|tmpl|j2|erb|in|sh|py|go)$)[\w.-]+)?$|\.(?:dockerfile|containerfile)$/i,
    'dockerfile',
  ],
  [/^package\.json$/, 'package'],
  [/^Procfile$/, 'procfile'],
  [/^(?:docker-)?(?:compose|stack)(?:[.-][\w.-]+)?\.ya?ml$/, 'compose'],
  [/^fly(?:[.-][\w.-]+)?\.toml$/, 'fly'],
  [/\.service$/, 'systemd'],
  [
    /^(?:ecosystem|pm2|process)(?:\.[\w-]+)*\.(?:[cm]?js|ya?ml)$|^(?:ecosystem|pm2|process)(?:\.[\w-]+)*\.json$/,
    'pm2',
  ],
  [/^kustomization\.ya?ml$|^Kustomization$/, 'kustomization'],
  [/^Chart\.ya?ml$/, 'chart'],
]

const lockFiles = /^(?:pnpm-lock|yarn|package-lock|composer|mix|Podfile)\b.*\.(?:ya?ml|json|lock)$/

/** Whether a file of this name may be of interest at all, before anybody has looked into it. */
export function mayBeRead(path: string): boolean {
  const name = nameOf(path)
  if (lockFiles.test(name)) return false
  return names.some(([pattern]) => pattern.test(name)) || /\.(?:ya?ml|json)$/.test(name)
}

/** Says what a file is; nothing, if it is none of those that are read. */
export function classify(path: string, text: string): FileKind | undefined {
  const name = nameOf(path)
  const byName = names.find(([pattern]) => pattern.test(name))?.[1]
  if (byName === 'systemd' && !/^\s*\[(?:Unit|Service)\]/m.test(text)) return undefined
  if (byName === 'pm2' && !/\bapps\b|\bscript\b/.test(text)) return undefined
  if (byName !== undefined) return byName
  return classifyText(name, text)
}

/** What a text is by a glance into it: for files with names of their own, and for standard input. */
function classifyText(name: string, text: string): FileKind | undefined {
  if (/\.json$/.test(name) || /^\s*[{[]/.test(text)) {
    if (/"containerDefinitions"/.test(text)) return 'ecs'
    return /"apiVersion"/.test(text) && /"kind"/.test(text) ? 'kubernetes' : undefined
  }
  if (/^(?:[ \t]*["']?)apiVersion["']?\s*:/m.test(text) || /^["']?kind["']?\s*:/m.test(text))
    return 'kubernetes'
  if (/^services:\s*(?:#.*)?\r?$/m.test(text) && /^\s+(?:image|build)\s*:/m.test(text)) return 'compose'
  return undefined
}

/** Names that say that a file is for developing, not for serving. */
const development =
  /(?:^|[/._-])(?:dev|devel|development|local|test|tests|testing|e2e|ci|debug|override|devcontainer)(?:[/._-]|$)/i

/** Whether a path says that a file is for developing; where it begins at the root of the disk, by its end alone. */
export const isForDevelopment = (path: string): boolean =>
  development.test(path.startsWith('/') ? path.split('/').slice(-2).join('/') : path)
