import { readdirSync } from 'node:fs'

/** Where units are, those that win first. */
const folders = [
  '/etc/systemd/system',
  '/run/systemd/transient',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

/** The files of a folder; none where it is not there or may not be read. */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** The unit that this process belongs to, by its control group. */
const unitOf = (cgroup: string) => /^(?:0:|\d+:name=systemd):.*\/([^/]+\.service)(?:\/|$)/m.exec(cgroup)?.[1]

/**
 * Whom systemd tells to stop: `control-group` (everybody in the unit, its default), `mixed` or `process` (the first process
 * alone), as far as the unit's files say so.
 */
export function killModeOf(
  read: (path: string) => string,
  list: (folder: string) => readonly string[],
): string {
  const unit = unitOf(read('/proc/self/cgroup'))
  if (unit === undefined) return 'control-group'
  const names = [unit, unit.replace(/@.*\./, '@.')]
  const places = names.flatMap((name) => folders.map((folder) => `${folder}/${name}`))
  const texts = places.map((place) => read(place))
  const additions = places.flatMap((place) => list(`${place}.d`).map((file) => read(`${place}.d/${file}`)))
  const [text = ''] = texts.filter((each) => each !== '')
  const modes = [text, ...additions].flatMap((each) => [...each.matchAll(/^\s*KillMode\s*=\s*(\S+)/gm)])
  return modes.at(-1)?.[1] ?? 'control-group'
}
