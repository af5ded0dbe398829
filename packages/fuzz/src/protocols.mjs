// What is fuzzed: which server, with which inputs, over which connection, in which phases, and what has to be the same.

import { http1Input } from './inputs/http1.mjs'
import { grpcInput, http2Input } from './inputs/http2.mjs'
import { tlsInput } from './inputs/tls.mjs'
import { webSocketInput } from './inputs/web-socket.mjs'
import { http1Text, http2Text, saysClose, tlsText, withoutRefusal } from './normal-form.mjs'

/** @typedef {import('./client.mjs').Answer} Answer */
/** @typedef {import('./subject-process.mjs').Phase} Phase */

/**
 * @typedef {object} Protocol
 * @property {string} server
 * @property {string} wire what the client connects with
 * @property {string} [alpn]
 * @property {readonly Phase[]} phases
 * @property {(random: import('./random.mjs').Random) => import('./inputs/mutate.mjs').Input} input
 * @property {(phase: Phase, plain: Answer, rolled: Answer) => boolean} agree
 */

/**
 * Before the trigger every byte is the same. While draining responses say `Connection: close`: what was pipelined behind such
 * a one is not answered, and its client knows. What Node itself says to what is no request (400, 408, 431) is not compared
 * then: a whole request ahead of it is answered first, which plain Node may leave out.
 *
 * @type {Protocol['agree']}
 */
function http1Agree(phase, plain, rolled) {
  const isDraining = phase !== 'ready'
  const [expected, got] = [plain, rolled].map((answer) => http1Text(answer, isDraining))
  if (expected === got && plain.connection === rolled.connection) return true
  if (!isDraining) return false
  const answers = withoutRefusal(plain)
  const given = withoutRefusal(rolled)
  const [whole, part] = [http1Text(answers, true), http1Text(given, true)]
  // Half a head that is there when the listener closes has no time left: it is told so, and has got no answer.
  if (phase === 'closed' && part === '' && got?.startsWith('HTTP/1.1 408 ')) return true
  if (plain.connection === 'closed' && part.startsWith(whole)) return rolled.connection === 'closed'
  return whole.startsWith(part) && saysClose(given)
}

/** @type {Protocol['agree']} */
const http2Agree = (_phase, plain, rolled) => http2Text(plain) === http2Text(rolled)
/** @type {Protocol['agree']} */
const tlsAgree = (_phase, plain, rolled) => tlsText(plain) === tlsText(rolled)

/** @type {readonly Phase[]} */
const all = ['ready', 'window', 'closed']
/** @type {readonly Phase[]} */
const open = ['ready', 'window']

/** @type {Readonly<Record<string, Protocol>>} */
export const protocols = {
  http: { server: 'http', wire: 'tcp', phases: all, input: http1Input, agree: http1Agree },
  https: { server: 'https', wire: 'https', phases: all, input: http1Input, agree: http1Agree },
  h2c: { server: 'h2c', wire: 'tcp', phases: open, input: http2Input, agree: http2Agree },
  h2: { server: 'h2', wire: 'h2', alpn: 'h2', phases: open, input: http2Input, agree: http2Agree },
  grpc: { server: 'grpc', wire: 'tcp', phases: open, input: grpcInput, agree: http2Agree },
  websocket: { server: 'websocket', wire: 'tcp', phases: open, input: webSocketInput, agree: http1Agree },
  tls: { server: 'https', wire: 'tcp', phases: open, input: tlsInput, agree: tlsAgree },
}
