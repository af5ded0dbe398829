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
    suite: 'ws',
    mode: /window/,
    file: /websocket-server/,
    test: /emits the 'close' event after the server closes/,
    reason:
      'while draining, close(callback) calls back when its server has drained, and the event comes when all servers have',
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
    suite: 'fastify',
    mode: /adapter/,
    file: /test\/(404s|hooks|pretty-print|router-options)\.test\.js$/,
    test: /No route registered|customized|bad url|onRoute hook|pretty print|buildPrettyMeta|^exit$/,
    reason: 'it counts, prints or presumes the routes of the application, of which three are the probes',
  },
  {
    suite: 'fastify',
    mode: /adapter/,
    file: /test\/plugin\.[24]\.test\.js$/,
    test: /^(set the plugin name|plugin name will change|hasPlugin returns true when using no encapsulation|exit)/,
    reason:
      'it reads the names of the plugins that were registered without encapsulation, of which one is ours',
  },
  {
    suite: 'fastify',
    mode: /adapter/,
    file: /test\/hooks\.on-ready\.test\.js$/,
    test: /^(onReady does not call done|exit)$/,
    reason:
      'Fastify names the last onReady hook when one times out, and ours, which has no name, is the last',
  },
  {
    suite: 'fastify',
    mode: /adapter|window/,
    file: /test\/close-pipelining\.test\.js$/,
    reason: 'requests behind one that closes the application are served; Fastify answers 503, or cuts them',
  },
  {
    suite: 'fastify',
    mode: /adapter|window/,
    file: /test\/close\.test\.js$/,
    test: /while closing|Current opened connection|rejected incoming|^exit$/,
    reason:
      'while the application closes, requests are still served, answers say close, and then the listener closes; Fastify answers 503 and keep-alive',
  },
  {
    suite: 'fastify',
    mode: /adapter|window/,
    file: /test\/close\.test\.js$/,
    test: /reopened|shutsdown|on-close hook|preClose/,
    reason:
      'node:test cancels what is behind a test that never settles, here one that waits for the 503: with that one skipped they pass',
  },
  {
    suite: 'fastify',
    mode: /window/,
    file: /test\/listen\.1\.test\.js$/,
    test: /^(listen after Promise.resolve|listen works with (undefined|null) host|exit)/,
    reason:
      'it lets go of its server, and so do the timers of these lifecycles: nothing holds the process until it has closed',
  },
  {
    suite: 'fastify',
    mode: /window/,
    file: /test\/internals\/server\.test\.js$/,
    reason:
      'its second server closes when the first has closed, which waits for the second one, whose window lasts until it closes',
  },
  {
    suite: 'fastify',
    mode: /adapter/,
    file: /test\/http2\/closing\.test\.js$/,
    test: /request while fastify closing|should be closed when setting|^exit$/,
    reason: 'a stream opened while the application closes is served; Fastify answers 503, or refuses it',
  },
  {
    suite: 'fastify',
    mode: /adapter/,
    file: /test\/http2\/closing\.test\.js$/,
    test: /removed from server/,
    reason:
      'node:test cancels what is behind a test that never settles, here one that waits to be refused: with that one skipped they pass',
  },
  {
    suite: 'fastify-http-proxy',
    mode: /adapter/,
    file: /test\/websocket\.js$/,
    test: /clients attempt to connect after calling close|^exit$/,
    reason:
      "its own close of the server connects to the server, and waits for a 503; the drain has closed the listener when it calls a plugin's close",
  },
  {
    suite: 'fastify-http-proxy',
    mode: /adapter/,
    file: /test\/websocket\.js$/,
    test: /custom upstream url|host constraints|distinct server options|should (call|handle)/,
    reason:
      'the file ends with the test before them, which waits for ever, as above: with that one skipped they pass',
  },
  {
    suite: 'express',
    mode: /adapter/,
    file: /test\/app\.router\.js$/,
    test: /when "(case sensitive|strict) routing" is enabled|^exit$/,
    reason: 'Express reads these two settings at the first app.use, whatever is used, and not later',
  },
  {
    suite: 'nest',
    mode: /adapter/,
    file: /inspector/,
    reason: 'it compares every module and provider of the application with a list, of which some are ours',
  },
  {
    suite: 'nest',
    mode: /adapter/,
    file: /websockets\/e2e\/gateway/,
    test: /should block application shutdown|^exit$/,
    reason:
      'it wants an EventSource to hold the application for ever; its stream is ended in order, and it connects anew',
  },
  {
    suite: 'nest',
    mode: /window/,
    file: /hello-world\/e2e\/middleware(-fastify)?\.spec|lazy-modules\/e2e\/lazy-import-(request|transient)-providers/,
    reason:
      'supertest makes one server listen anew for each request, as soon as close(callback) has called back: the drain is not over then, and a draining server does not listen',
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
