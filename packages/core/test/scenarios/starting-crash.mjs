import { observe, say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

observe(createLifecycle(testOptions()))
setInterval(() => {}, 1000)
setTimeout(() => {
  say({ crashing: true })
  throw new Error('no configuration')
}, 50)
