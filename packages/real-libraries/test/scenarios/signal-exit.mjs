// signal-exit: it sends the signal to its process again where nobody else listens to it.
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { onExit } from 'signal-exit'
import { serveQuickAndSlow } from './begin.mjs'

const told = (moment) => onExit((code, signal) => say({ theirs: true, moment, code, signal }))
told('before')
const lifecycle = createLifecycle(testOptions())
told('after')
serveQuickAndSlow(lifecycle)
