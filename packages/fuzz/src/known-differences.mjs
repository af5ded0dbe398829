// Differences that are meant, each with its reason.

/**
 * @typedef {object} Known
 * @property {RegExp} protocol
 * @property {RegExp} phase
 * @property {RegExp} what
 * @property {string} reason
 */

/** @type {readonly Known[]} */
const known = []

/**
 * @param {import('./batch.mjs').Batch} batch
 * @param {import('./batch.mjs').Difference} difference
 */
export const reasonFor = ({ protocol, phase }, { what }) =>
  known.find((each) => each.protocol.test(protocol) && each.phase.test(phase) && each.what.test(what))?.reason
