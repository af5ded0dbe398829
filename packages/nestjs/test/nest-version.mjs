// Makes a program use another version of Nest than the one installed beside @lameduck/nestjs, which is 12.
import * as nodeModule from 'node:module'

const hooks = (parentURL) =>
  `const parentURL = ${JSON.stringify(parentURL)}
   const isNest = (specifier) => /^(@nestjs\\/|rxjs$|reflect-metadata$)/.test(specifier)
   const isOurs = (url) => url !== undefined && url.includes('/packages/nestjs/') && !url.includes('/node_modules/')
   export const resolve = (specifier, context, next) =>
     next(specifier, isNest(specifier) && isOurs(context.parentURL) ? { ...context, parentURL } : context)`

/** Resolves what Nest consists of for everything that is imported from now on. */
export function useNest(version) {
  if (version === 12) return
  const parentURL = new URL(`nest-${version}/package.json`, import.meta.url).href
  nodeModule.register(`data:text/javascript,${encodeURIComponent(hooks(parentURL))}`)
}
