import { readFileSync } from 'node:fs'

/** The text of a file; empty where there is none, or where it may not be read (Node's `--permission` throws at any look). */
export function readIfAllowed(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
