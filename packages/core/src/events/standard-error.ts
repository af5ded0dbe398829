import { systemClock } from '../clock.js'

const ignore = () => {}

/**
 * Writes to standard error, behind what the application has written there: whole, however long it is, and without waiting for
 * a reader. When nobody reads any more, nothing happens: to Node that is an uncaught exception, and a log line must not
 * cost a request.
 */
export function writeToStandardError(text: string): void {
  try {
    const { stderr } = process
    stderr.on('error', ignore)
    stderr.write(text, () => systemClock.nextTurn(() => stderr.off('error', ignore)))
  } catch {
    // There is nobody left to tell.
  }
}
