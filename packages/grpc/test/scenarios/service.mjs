// A service with every kind of method; its messages are JSON, so that no file defines them.
import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { say, stopBy } from '@lameduck/conformance/subject'

const codec = {
  serialize: (value) => Buffer.from(JSON.stringify(value)),
  deserialize: (bytes) => JSON.parse(bytes.toString()),
}

const method = (name, requestStream, responseStream) => ({
  path: `/test.Work/${name}`,
  requestStream,
  responseStream,
  requestSerialize: codec.serialize,
  requestDeserialize: codec.deserialize,
  responseSerialize: codec.serialize,
  responseDeserialize: codec.deserialize,
})

export const work = {
  Answer: method('Answer', false, false),
  Hang: method('Hang', false, false),
  LastWords: method('LastWords', false, false),
  Fail: method('Fail', false, false),
  Stop: method('Stop', false, false),
  StopAndCount: method('StopAndCount', false, true),
  Throw: method('Throw', false, false),
  Count: method('Count', false, true),
  Sum: method('Sum', true, false),
  Chat: method('Chat', true, true),
}

/** The handlers; endless streams end themselves on `signal` only if the request says so. */
export const handlersFor = (lifecycle) => ({
  async Answer({ request: { ms = 0, size = 0 } }, callback) {
    if (ms > 0) await sleep(ms)
    callback(null, { text: 'answer'.padEnd(size, '.') })
  },
  Hang() {
    say({ hanging: true })
  },
  LastWords(_call, callback) {
    say({ hanging: true })
    lifecycle.cutoff.addEventListener('abort', () => callback(null, { text: 'last words' }))
  },
  async Stop(call, callback) {
    callback(null, { text: await stopBy(lifecycle, call, call.request.silent === true) })
  },
  async StopAndCount(call) {
    call.write({ n: 1 })
    call.write({ text: await stopBy(lifecycle, call, false) })
    call.end()
  },
  Fail(_call, callback) {
    callback({ code: status.FAILED_PRECONDITION, details: 'on purpose' })
  },
  Throw() {
    throw new Error('on purpose')
  },
  async Count(call) {
    const { upTo = Number.POSITIVE_INFINITY, every = 10, until } = call.request
    let isCancelled = false
    call.on('cancelled', () => {
      isCancelled = true
      say({ cancelled: call.getPath() })
    })
    for (let n = 1; n <= upTo && !isCancelled; n++) {
      if (until === 'signal' && lifecycle.signal.aborted) break
      call.write({ n })
      await sleep(every)
    }
    call.end()
  },
  Sum(call, callback) {
    let sum = 0
    call.on('data', ({ n }) => {
      sum += n
    })
    call.on('end', () => callback(null, { sum }))
  },
  Chat(call) {
    call.on('data', (message) => call.write(message))
    call.on('end', () => call.end())
  },
})
