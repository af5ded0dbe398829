// Sends many inputs to a server with lameduck and to the same server without it.
import { connect, exchange, useOnce } from './client.mjs'
import { protocols } from './protocols.mjs'
import { createRandom } from './random.mjs'
import { SubjectProcess } from './subject-process.mjs'

/** @typedef {import('./client.mjs').Answer} Answer */
/** @typedef {import('./subject-process.mjs').Phase} Phase */

/**
 * Which inputs: the same numbers give the same bytes.
 *
 * @typedef {object} Batch
 * @property {string} protocol
 * @property {Phase} phase
 * @property {number} seed
 * @property {readonly number[]} inputs
 * @property {Answers} [earlier] what was answered to its only input in drains before this one
 */

/** @typedef {Readonly<Record<'plain' | 'lameduck', readonly Answer[]>>} Answers */

/**
 * @typedef {object} Difference
 * @property {number | undefined} input undefined if it belongs to the whole batch
 * @property {string} what
 * @property {Answers} [answers] of each server, one a try
 */

const atOnce = 32
/** An answer is over when nothing has come for this long; a busy machine gets more and more. */
const quiets = [25, 100, 400, 1500, 1500]

const inputOf = (/** @type {Batch} */ { protocol, seed }, /** @type {number} */ index) =>
  protocols[protocol]?.input(createRandom(Math.imul(seed, 1_000_003) + index)) ?? {
    pieces: [],
    ending: /** @type {const} */ ('wait'),
  }

/** What is told of a large body is its length: a difference behind it has to be seen. */
const show = (/** @type {Answer} */ { bytes, connection }) => {
  const text = bytes.toString('latin1').replaceAll(/(.)\1{99,}/g, (run, letter) => `${letter}{${run.length}}`)
  return `${connection} ${JSON.stringify(text.slice(0, 1500))}`
}

/** @type {Answers} */
const nothing = { plain: [], lameduck: [] }

/**
 * Whether both agree about an input. What one answers now and then, both may: a reset that overtakes an answer, say.
 *
 * @param {Batch} batch
 * @param {number} index
 * @param {(kind: 'plain' | 'lameduck') => Promise<import('node:net').Socket>} open
 * @returns {Promise<Difference[]>}
 */
async function compareInput(batch, index, open) {
  const { agree } = /** @type {import('./protocols.mjs').Protocol} */ (protocols[batch.protocol])
  const input = inputOf(batch, index)
  const { earlier = nothing } = batch
  const before = earlier.plain.length
  const answers = { plain: [...earlier.plain], lameduck: [...earlier.lameduck] }
  const { plain, lameduck: rolled } = answers
  // Who is asked first is answered less behind a FIN or a broken frame, with lameduck or without: they take turns.
  /** @type {('plain' | 'lameduck')[]} */
  const turns = before % 2 === 0 ? ['plain', 'lameduck'] : ['lameduck', 'plain']
  // A connection that is older than the drain is used up by one try: each further one needs a drain of its own.
  for (const quiet of batch.phase === 'closed' ? [before === 0 ? 400 : 1500] : quiets) {
    const sockets = await Promise.all(turns.map(open))
    const given = await Promise.all(sockets.map((socket) => exchange(socket, input, quiet)))
    // Nobody reads what comes after a reset. Which answers overtake a FIN is a matter of luck, and these have one try.
    if (input.ending === 'reset' || (batch.phase === 'closed' && input.ending === 'fin')) return []
    turns.forEach((kind, i) => void answers[kind].push(/** @type {Answer} */ (given[i])))
    turns.reverse()
    if (plain.some((each) => rolled.some((its) => agree(batch.phase, each, its)))) return []
  }
  const sent = input.pieces
    .map((piece) => JSON.stringify(piece.toString('latin1').slice(0, 2000)))
    .join('\n    ')
  const what = `sent (${input.ending})\n    ${sent}\n  plain   ${plain.map(show).join('\n          ')}\n  rolled  ${rolled.map(show).join('\n          ')}`
  return [{ input: index, what, answers }]
}

/**
 * @param {Batch} batch
 * @returns {Promise<Difference[]>} what was different; nothing if the server with lameduck did the same and drained in order
 */
export async function runBatch(batch) {
  const { protocol: name, phase, inputs } = batch
  const protocol = /** @type {import('./protocols.mjs').Protocol} */ (protocols[name])
  const subjects = {
    plain: new SubjectProcess(protocol.server, 'plain', phase),
    lameduck: new SubjectProcess(protocol.server, 'lameduck', phase),
  }
  /** @type {Difference[]} */
  const differences = []
  try {
    await Promise.all([subjects.plain.listens(), subjects.lameduck.listens()])
    const open = (/** @type {'plain' | 'lameduck'} */ kind) =>
      connect(protocol.wire, subjects[kind].port, protocol.alpn)
    const earlier = phase === 'closed' ? await openBefore(inputs, open) : undefined
    await subjects.lameduck.begins()

    const waiting = inputs[Symbol.iterator]()
    const work = async () => {
      for (const index of waiting) {
        const pair = earlier?.get(index)
        const from = (/** @type {'plain' | 'lameduck'} */ kind) =>
          pair ? Promise.resolve(pair[kind]) : open(kind)
        differences.push(...(await compareInput(batch, index, from)))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  } catch (error) {
    differences.push({ input: undefined, what: String(error) })
  }
  if (subjects.plain.hasEnded) {
    const what = `the plain server has ended with ${await subjects.plain.gone}: ${subjects.plain.output}`
    differences.push({ input: undefined, what })
  }
  differences.push(...(await endInOrder(subjects.lameduck)))
  await subjects.plain.ends()
  return differences
}

/**
 * Connections that were used once, and are idle when the listener closes.
 *
 * @param {readonly number[]} inputs
 * @param {(kind: 'plain' | 'lameduck') => Promise<import('node:net').Socket>} open
 */
async function openBefore(inputs, open) {
  /** @type {Map<number, Record<'plain' | 'lameduck', import('node:net').Socket>>} */
  const pairs = new Map()
  for (const index of inputs) {
    const [plain, lameduck] = await Promise.all([open('plain'), open('lameduck')])
    await Promise.all([useOnce(plain), useOnce(lameduck)])
    pairs.set(index, { plain, lameduck })
  }
  return pairs
}

/**
 * When all clients have gone, nothing is left that a drain would wait for.
 *
 * @param {SubjectProcess} subject
 * @returns {Promise<Difference[]>}
 */
async function endInOrder(subject) {
  const exit = await subject.ends()
  const { report } = subject
  if (exit === 0 && report?.cut.length === 0) return []
  const what =
    report === undefined
      ? `the server ended with ${exit ?? 'nothing after half a minute'}: ${subject.output}`
      : `exit ${exit}, cut ${JSON.stringify(report.cut)}, steps ${JSON.stringify(report.durations)}`
  return [{ input: undefined, what }]
}

/**
 * Tries an input again that was answered differently while the listener was closed, in drains of its own.
 *
 * @param {Batch} batch
 * @param {Difference} first
 * @returns {Promise<Difference | undefined>} undefined if both agree in the end
 */
export async function tryAlone(batch, first) {
  let found = first
  for (let attempt = 1; attempt < quiets.length; attempt++) {
    const { input, answers } = found
    if (batch.phase !== 'closed' || input === undefined || answers === undefined) return found
    const [again] = await runBatch({ ...batch, inputs: [input], earlier: answers })
    if (again === undefined) return undefined
    found = again
  }
  return found
}

/**
 * Finds one input that is enough for a difference that belongs to no input: half after half.
 *
 * @param {Batch} batch
 * @param {Difference} first
 * @returns {Promise<Difference>}
 */
export async function narrow(batch, first) {
  let inputs = batch.inputs
  let found = first
  while (inputs.length > 1) {
    const halves = [inputs.slice(0, inputs.length / 2), inputs.slice(inputs.length / 2)]
    let worse
    for (const half of halves) {
      const seen = (await runBatch({ ...batch, inputs: half })).find(({ input }) => input === undefined)
      if (seen === undefined) continue
      worse = half
      found = { ...seen, input: half.length === 1 ? half[0] : undefined }
      break
    }
    if (worse === undefined)
      return { ...found, what: `${found.what}\n(only together with others: ${inputs.join(' ')})` }
    inputs = worse
  }
  return found
}
