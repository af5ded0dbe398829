import type { Questions } from './host.js'

const both = <Made>(make: (word: 'quick' | 'slow') => Made) => ({ quick: make('quick'), slow: make('slow') })
const json = { 'Content-Type': 'application/json' }

/** Text on `/quick` and `/slow`. */
export const plain: Questions = both((word) => ({ method: 'GET', path: `/${word}`, answer: word }))

/** A GraphQL query; servers end their answers differently. */
export const graphql = (end = ''): Questions =>
  both((word) => ({
    method: 'POST',
    path: '/',
    parts: { headers: json, body: JSON.stringify({ query: `{ ${word} }` }) },
    answer: `{"data":{"${word}":"${word}"}}${end}`,
  }))

/** A query of tRPC. */
export const procedure: Questions = both((word) => ({
  method: 'GET',
  path: `/${word}`,
  answer: `{"result":{"data":"${word}"}}`,
}))

/** A unary call in Connect's own protocol. */
export const call: Questions = both((word) => ({
  method: 'POST',
  path: `/hosts.Answers/${word === 'quick' ? 'Quick' : 'Slow'}`,
  parts: { headers: json, body: '""' },
  answer: `"${word}"`,
}))
