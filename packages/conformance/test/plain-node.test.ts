import { behaviour, type ServerUnderTest } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

// The suite must be able to fail. Here it meets what most services have (`server.close()` on SIGTERM), and each case has to
// go red for the reason for which it exists.
const plain: ServerUnderTest = {
  name: 'node:http without a lifecycle',
  script: new URL('subjects/plain.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
}

const reasons: Readonly<Record<string, RegExp>> = {
  'B1: an idle connection is ended with FIN once the window and linger are over': /to be greater than 550/,
  'E4: an idle connection is served one last time during the window, and told to close':
    /without a response|reset|EPIPE/i,
  'idle connections stay while another request holds the process': /expected 'fin' to be undefined/,
  'B2: a request in flight is answered whole with Connection: close, then FIN comes': /to match object/,
  'a Connection: keep-alive that the application sets by writeHead does not win over the drain':
    /expected 'keep-alive' to be 'close'/,
  'A4: a trickle of new connections keeps an adaptive window open up to its max and beyond, and the log says so':
    /ECONNREFUSED|ECONNRESET/,
  'B3: pipelined requests that race with the signal, and late ones after the listener has closed, are answered, not reset':
    /without a response|reset|EPIPE/i,
  'B7: a silent socket gets linger to say something, then FIN': /still open|to be greater than 550/,
  'B7: a half-sent head that is never completed gets 408 and FIN, and does not hold the process':
    /no whole response/,
  'three pipelined requests are all answered, and only the last answer closes': /\[ false, false, false \]/,
  'a request behind a Connection: close head is discarded unexecuted, and the 8 MB before it arrive whole':
    /without a response|reset|EPIPE/i,
  'an upload answered early, while draining, gets its answer in 20 of 20 trials': /to deeply equal \[ 401/,
  '30 MB that were end()ed before the drain reach a slow reader whole': /truncated|reset/i,
  'B6: a new connection in the window is served, and refused after it': /ECONNREFUSED|ECONNRESET/,
  'A8: WebSocket connections get a close frame and are counted, and in the window they are served as ever':
    /ECONNREFUSED|ECONNRESET/,
  '100 connections that wait in the kernel when the listener is to close are served, none is reset':
    /to deeply equal \[ 200/,
  'SIGINT still finishes what is in flight': /without a response|reset|EPIPE/i,
  'a repeated SIGTERM is logged and ignored': /nothing about the second SIGTERM/,
  'a second exception ends the process at once': /thrown on purpose first/,
  'C2: readiness turns red once, at the trigger, and liveness stays green to the end': /\[ 404 \]|ECONN/,
}

describe.concurrent(plain.name, () => {
  const cases = Object.values(behaviour).flat()
  for (const [name, reason] of Object.entries(reasons)) {
    test(`fails: ${name}`, { timeout: 120_000 }, async () => {
      const each = cases.find((candidate) => candidate.name === name)
      if (each === undefined) throw new Error('no such case')
      await expect(each.run(plain)).rejects.toThrow(reason)
    })
  }
})
