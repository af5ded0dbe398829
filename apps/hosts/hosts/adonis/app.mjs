import { Ignitor } from '@adonisjs/core'
import { closed } from '../slow.mjs'

const root = new URL('./', import.meta.url)
const importer = (path) => import(path.startsWith('.') ? new URL(path, root).href : path)

/** What `bin/server.ts` of a new application does. */
export const server = (prepare = () => {}) =>
  new Ignitor(root, { importer })
    .tap((app) => {
      app.listen('SIGTERM', () => app.terminate())
      app.terminating(closed)
      prepare(app)
    })
    .httpServer()
