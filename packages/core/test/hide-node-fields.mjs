import { register } from 'node:module'

/** What Node keeps to itself is not there: as core would find it in another runtime, or in a Node to come. */
export const hide = (source) => {
  const hidden = source.replace(/\?\.\[key\]/, ' && undefined')
  if (hidden === source) throw new Error('expected one place that reads what Node keeps to itself, got none')
  return hidden
}

// As a preload, of programs that run what is built.
if (process.env['VITEST'] === undefined) {
  register(
    `data:text/javascript,${encodeURIComponent(`
      const hide = ${hide}
      export async function load(url, context, next) {
        const loaded = await next(url, context)
        return url.endsWith('/http/node-fields.js') ? { ...loaded, source: hide(String(loaded.source)) } : loaded
      }`)}`,
  )
}
