import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runCli } from '../src/cli/run.js'

/** A folder with these files, gone when the test is over. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** What the command says, in a folder. */
export function runDoctor(argv: readonly string[], cwd: string, stdin = '') {
  let out = ''
  let err = ''
  const code = runCli(argv, {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    readStdin: () => stdin,
    hasColours: false,
    cwd,
  })
  return { code, out, err }
}
