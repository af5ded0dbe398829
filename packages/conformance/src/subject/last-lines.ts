import type { ObservedLifecycle } from './observe.js'

/** Prints so many lines, each numbered, in a function that runs when everything else is over. */
function printLines(count: number): void {
  for (let number = 0; number < count; number++)
    process.stdout.write(`last line ${number} ${'.'.repeat(80)}\n`)
}

/**
 * What an application still has to say at its end, as the test wants it: lines in `onStop` (SUBJECT_LINES), something that is sent
 * when `beforeExit` comes (SUBJECT_REPORTS), and an exit code of its own (SUBJECT_EXIT_CODE).
 */
export function sayLastLines({ onStop }: Pick<ObservedLifecycle, 'onStop'>): void {
  const { SUBJECT_LINES, SUBJECT_REPORTS, SUBJECT_EXIT_CODE } = process.env
  if (SUBJECT_LINES !== undefined) onStop('last lines', () => printLines(Number(SUBJECT_LINES)))
  if (SUBJECT_EXIT_CODE !== undefined) {
    onStop('exit code', () => {
      process.exitCode = Number(SUBJECT_EXIT_CODE)
    })
  }
  if (SUBJECT_REPORTS === undefined) return
  process.on('beforeExit', (code) => {
    process.stdout.write(`before the exit with ${code}\n`)
    setTimeout(() => process.stdout.write('what was reported has arrived\n'), 300)
  })
}
