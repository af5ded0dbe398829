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
    suite: 'ws',
    mode: /./,
    file: /websocket-server/,
    test: /precreated server|^exit$/,
    reason:
      'it counts the listeners of the HTTP server, of which two are ours: whether it listens, and whether it has closed',
  },
  {
    suite: 'node-http',
    mode: /./,
    file: /test-http-connect\.js$/,
    reason: 'it counts the listeners of an upgraded socket, of which one is ours: whether it has closed',
  },
  {
    suite: 'node-http',
    mode: /./,
    file: /test-http-parser-lazy-loaded\.js$/,
    reason: 'it wants nobody to have loaded node:http before it; any preload that uses it does',
  },
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
