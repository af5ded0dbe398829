import type { Cut } from '../drain/cut.js'

/** What people call one piece of work, by its kind in the report. */
const nouns: Readonly<Record<string, string>> = {
  upgraded: 'upgraded connection',
  grpc: 'call',
  microservice: 'message',
  session: 'HTTP/2 session',
}

/** By the kind of a server: what it finishes. */
const finishedNouns: Readonly<Record<string, string>> = { grpc: 'call', microservice: 'message' }

/** The first few are named in a line, the others counted: the report lists more. */
const mostNamed = 3

/** `1 request`, `2 requests`. */
export const some = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`

/** Milliseconds, rounded, with their unit. */
export const ms = (duration: number) => `${Math.round(duration)} ms`

/** `a`, `a and b`, `a, b and c`. */
const enumerate = (texts: readonly string[]) =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`

const nounOf = (kind: string) => nouns[kind] ?? kind

const counted = (counts: Readonly<Record<string, number>>, noun: (kind: string) => string) => {
  const sums = new Map<string, number>()
  for (const [kind, count] of Object.entries(counts)) {
    if (count > 0) sums.set(noun(kind), (sums.get(noun(kind)) ?? 0) + count)
  }
  return enumerate([...sums].map(([thing, count]) => some(count, thing)))
}

/** How many there are of each kind of work: `2 requests and 1 hold`, or nothing. */
export const workOf = (counts: Readonly<Record<string, number>>) => counted(counts, nounOf)

/** What servers have finished, by their kinds: `3 requests and 1 call`. */
export const finishedOf = (counts: Readonly<Record<string, number>>) =>
  counted(counts, (kind) => finishedNouns[kind] ?? 'request') || '0 requests'

const nameOne = ({ kind, method, path, name, age }: Cut) => {
  const what = [...(kind === 'request' && method ? [] : [nounOf(kind)]), method, path]
  return `${[...what, name === undefined ? undefined : `"${name}"`].filter(Boolean).join(' ')} after ${ms(age)}`
}

/** The first few by name, the others by number: `GET /slow after 23000 ms, hold "job" after 80 ms, and 2 more`. */
export function named(works: readonly Cut[], more = 0): string {
  const rest = works.length + more - Math.min(works.length, mostNamed)
  const first = works.slice(0, mostNamed).map(nameOne).join(', ')
  return rest > 0 ? `${first}, and ${rest} more` : first
}
