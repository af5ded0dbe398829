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
  'an idle connection is ended with FIN once the window and linger are over': /to be greater than 550/,
  'an idle connection is served one last time during the window, and told to close':
    /without a response|reset|EPIPE/i,
  'idle connections stay while another request holds the process': /expected 'fin' to be undefined/,
  'a request in flight is answered whole with Connection: close, then the connection ends': /to match object/,
  'a Connection: keep-alive that the application sets by writeHead does not win over the drain':
    /expected 'keep-alive' to be 'close'/,
  'three pipelined requests are all answered, and only the last answer closes': /\[ false, false, false \]/,
  'a request behind a Connection: close head is discarded unexecuted, and the 8 MB before it arrive whole':
    /without a response|reset|EPIPE/i,
  'an upload answered early, while draining, gets its answer in 20 of 20 trials': /to deeply equal \[ 401/,
  '30 MB that were end()ed before the drain reach a slow reader whole': /truncated|reset/i,
  'A8: WebSocket connections get a close frame and are counted, and in the window they are served as ever':
    /ECONNREFUSED/,
  'a new connection in the window is served, and refused after it': /ECONNREFUSED|ECONNRESET/,
  '100 connections that wait in the kernel when the listener is to close are served, none is reset':
    /to deeply equal \[ 200/,
  'SIGINT still finishes what is in flight': /without a response|reset|EPIPE/i,
  'a repeated SIGTERM is logged and ignored': /nothing about the second SIGTERM/,
  'a second exception ends the process at once': /thrown on purpose first/,
  'readiness turns red once, at the trigger, and liveness stays green to the end': /\[ 404 \]|ECONN/,
}

describe.concurrent(plain.name, () => {
  const cases = Object.values(behaviour).flat()
  for (const [name, reason] of Object.entries(reasons)) {
    test(`fails: ${name}`, async () => {
      const each = cases.find((candidate) => candidate.name === name)
      if (each === undefined) throw new Error('no such case')
      await expect(each.run(plain)).rejects.toThrow(reason)
    })
  }
})
