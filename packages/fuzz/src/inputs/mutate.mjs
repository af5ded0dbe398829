// What becomes of well-formed bytes on their way from a client that is broken or means harm.

/** @typedef {import('../random.mjs').Random} Random */

/**
 * Something a client sends: in these pieces, and then it waits for what comes, says FIN, or resets the connection.
 *
 * @typedef {object} Input
 * @property {readonly Buffer[]} pieces
 * @property {'wait' | 'fin' | 'reset'} ending
 */

/**
 * @param {Random} random
 * @param {Buffer} bytes
 * @param {readonly (string | Buffer)[]} tokens what the protocol is sensitive to
 */
export function mutate(random, bytes, tokens) {
  const at = random.below(bytes.length + 1)
  const length = random.below(Math.min(64, bytes.length - at + 1))
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (random.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes)
      if (at < bytes.length) flipped[at] = random.below(256)
      return flipped
    }
    case 1:
      return Buffer.concat([before, bytes.subarray(at + length)])
    case 2:
      return Buffer.concat([before, bytes.subarray(at, at + length), after])
    case 3:
      return Buffer.concat([before, Buffer.from(random.pick(tokens)), after])
    case 4:
      return before
    default:
      return Buffer.concat([before, random.bytes(1 + random.below(16)), after])
  }
}

/**
 * @param {Random} random
 * @param {Buffer} bytes
 * @returns {Input}
 */
export function send(random, bytes) {
  /** @type {Buffer[]} */
  const pieces = []
  let from = 0
  const cuts = random.chance(0.5) ? 0 : 1 + random.below(4)
  for (let i = 0; i < cuts && from < bytes.length; i++) {
    const to = from + 1 + random.below(bytes.length - from)
    pieces.push(bytes.subarray(from, to))
    from = to
  }
  pieces.push(bytes.subarray(from))
  return {
    pieces: pieces.filter(({ length }) => length > 0),
    ending: random.pick(['wait', 'wait', 'wait', 'fin', 'reset']),
  }
}
