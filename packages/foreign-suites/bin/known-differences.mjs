// Tests that fail with lameduck in the server, and why that is right.

/**
 * @typedef {object} Known
 * @property {string} suite
 * @property {RegExp} mode
 * @property {RegExp} file
 * @property {RegExp} [test] which of its tests; all of them if it is not there
 * @property {string} reason
 */

/** @type {readonly Known[]} */
const known = [
  {
    suite: 'hapi',
    mode: /./,
    file: /./,
    test: /^exit$/,
    reason:
      'lab counts every new property of the global object as a leak: all copies of lameduck share what they know of the process there',
  },
]

/**
 * Why a test may differ, if it may.
 *
 * @param {string} suite
 * @param {string} mode
 * @param {string} file
 * @param {string} test
 */
export const reasonFor = (suite, mode, file, test) =>
  known.find(
    (each) =>
      each.suite === suite &&
      each.mode.test(mode) &&
      each.file.test(file) &&
      (each.test === undefined || each.test.test(test)),
  )?.reason
