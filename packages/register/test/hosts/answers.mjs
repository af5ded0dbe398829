// What the hosts answer: at once, or on /slow when somebody has asked for /release. None of them knows of lameduck.
import { say } from '@lameduck/conformance/subject'

export { say }

const { promise: released, resolve: release } = (() => {
  let resolve
  const promise = new Promise((fn) => {
    resolve = fn
  })
  return { promise, resolve }
})()

/** The answer to a request for this path. */
export async function answer(path) {
  if (path.startsWith('/slow')) {
    say({ asked: true })
    await released
    return 'slow'
  }
  if (path.startsWith('/release')) release()
  return 'quick'
}

/** Tells the test where the server listens. */
export const listening = (server) => say({ listening: server.address().port })

/** Tells the test that the host's own way to close has run. */
export const closed = () => say({ closed: true })
