import type { Host } from './host.js'
import type { Outcome } from './trial.js'
import type { Way } from './ways.js'

/** What every host has to do with lameduck in it. */
const expected = {
  inFlight: '200 close',
  newConnection: '200 close',
  keptAlive: '200 close',
  readyz: '503 close',
  livez: '200 close',
  exit: 0,
} as const

/** What is wrong with an outcome; of a host without lameduck nothing is expected. */
export function faults(host: Host, way: Way, { probes, ...outcome }: Outcome): string[] {
  if (way === 'without') return []
  const got = { ...outcome, ...probes }
  const wrong = Object.entries(expected)
    .filter(([name, value]) => got[name as keyof typeof expected] !== value)
    .map(([name, value]) => `${name}: expected ${value}, got ${got[name as keyof typeof expected]}`)
  const closes = host.closes[way] === true
  return closes && !outcome.closed ? [...wrong, 'what the host runs last did not run'] : wrong
}
