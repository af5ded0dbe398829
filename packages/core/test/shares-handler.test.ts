import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { sharesHandler } from '../src/servers/shares-handler.js'

const application = () => {}
const main = createServer(application)

test('a server with a request handler of the main one serves the same application', () => {
  const second = createServer(() => {}).on('request', application)
  expect(sharesHandler(second, main)).toBe(true)
})

test('another server, one without handlers, and what is no emitter do not', () => {
  expect(
    sharesHandler(
      createServer(() => {}),
      main,
    ),
  ).toBe(false)
  expect(sharesHandler(new EventEmitter(), new EventEmitter())).toBe(false)
  expect(sharesHandler({}, main)).toBe(false)
})
