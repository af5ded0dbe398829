// Differences that are meant, each with its reason.

/**
 * @typedef {object} Known
 * @property {RegExp} protocol
 * @property {RegExp} phase
 * @property {RegExp} what
 * @property {string} reason
 */

/** @type {readonly Known[]} */
const known = [
  {
    protocol: /^https?$/,
    phase: /^(window|closed)$/,
    what: /^(?: {2}plain {3}| {10})\w+ ".*HTTP\/1\.1 101 .*(?:HTTP\/1\.1 \d{3} [\w ]+\\r\\nDate|piece \d;|end\\r).*\n(?: {10}.*\n)* {2}rolled {2}(?=[\s\S]*(?:HTTP\/1\.1 101 |Connection: close))(?![\s\S]*HTTP\/1\.1 101 .*HTTP\/1\.1 \d{3} [\w ]+\\r\\nDate)/m,
    reason:
      'Node hands on an upgrade while answers ahead of it are still under way: here it comes behind them, all in order',
  },
  {
    protocol: /^https$/,
    phase: /^window$/,
    what: /^sent \(fin\)\n[\s\S]*^(?: {2}plain {3}| {10})\w+ ".*HTTP\/1\.1 101 [\s\S]*^ {2}rolled {2}(?![\s\S]*HTTP\/1\.1 101 .*HTTP\/1\.1 \d{3} [\w ]+\\r\\nDate)/m,
    reason:
      'Node closes a TLS connection when its client ends it, before the turn of an upgrade that waits for the answers ahead of it',
  },
  {
    protocol: /^https$/,
    phase: /^(ready|window)$/,
    what: /^exit 1, cut \[(?:\{"kind":"upgraded"[^}]*\},?)+\]/,
    reason:
      'of a TLS connection whose reading was paused when it was upgraded, Node 20 loses the end now and then, and keeps it without lameduck as well',
  },
  {
    protocol: /^https?$/,
    phase: /^(window|closed)$/,
    what: /^ {2}plain {3}closed "(?:(?!\n).)*Transfer-Encoding: chunked\\r\\n\\r\\n(?:8\\r\\npiece \d;\\r\\n)+"\n(?: {10}closed .*\n)* {2}rolled {2}closed /m,
    reason:
      'a request that breaks off in a parse error is refused: of what its handler streams until then, more or less is out',
  },
]

/**
 * @param {import('./batch.mjs').Batch} batch
 * @param {import('./batch.mjs').Difference} difference
 */
export const reasonFor = ({ protocol, phase }, { what }) =>
  known.find((each) => each.protocol.test(protocol) && each.phase.test(phase) && each.what.test(what))?.reason
