import { createLifecycle } from '@lameduck/core'
import { app } from './app.mjs'

const lifecycle = createLifecycle()
lifecycle.attach(app.listen(process.env.PORT, () => lifecycle.ready()))
