import type { Surroundings } from '../options/platform.js'

/** What test runners leave in the environment: Vitest, Jest, and Node's own. */
const testRunners = ['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT']

/**
 * Advice on how this process is set up: it holds for all of its lifecycles, so each piece is given once. In a test, where
 * applications come and go, it would only be in the way.
 *
 * @param said what has been said in this process
 * @returns gives a piece of advice; `topic` is what makes it the same as another one
 */
export function createAdvice(
  said: Set<string>,
  env: Surroundings['env'],
  warn: (message: string) => void,
): (message: string, topic?: string) => void {
  const isTest = testRunners.some((name) => env[name])
  return (message, topic = message) => {
    if (isTest || said.has(topic)) return
    said.add(topic)
    warn(message)
  }
}
