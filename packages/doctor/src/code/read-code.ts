import type { Files } from '../files/files.js'
import type { Package } from '../model/package.js'
import { createSource, type Place, type Source } from '../text/source.js'
import type { Code } from './code.js'
import { readOptions } from './options.js'

const mostFiles = 300
const largestFile = 300_000

const stopWords =
  /SIGTERM|enableShutdownHooks|closeWithGrace|gracefulShutdown|createTerminus|createHttpTerminator/
const serving = /\blisten\(|\bcreateServer\(|\bserve\(/
/** A handler that leaves at once: what it has told to close has no time to. */
const abruptExit =
  /process\.(?:on|once)\(\s*['"]SIGTERM['"]\s*,\s*(?:async\s*)?(?:function\s*\w*\s*\([^)]*\)|\([^)]*\)\s*=>|\w+\s*=>)\s*(?:\{\s*(?:(?:(?:console|log|logger)\.\w+\([^;{}]*\)|[\w.]+\.(?:close|stop|end|quit|disconnect)\(\s*\));?\s*)*process\.exit\([^)]*\);?\s*\}|process\.exit\([^)]*\))\s*\)/g
const forking = /\bcluster\.fork\(|\bcluster\.(?:isPrimary|isMaster)\b/

const keepAlive = /keepAliveTimeout\s*[:=]\s*([\d_]+(?:\s*\*\s*[\d_]+)*)\b/

function keepAliveIn(sources: readonly Source[]): number | undefined {
  const [, product] = sources.map(({ text }) => keepAlive.exec(text)).find((match) => match) ?? []
  return product?.split('*').reduce((total, factor) => total * Number(factor.replaceAll('_', '').trim()), 1)
}

/** Looks into the sources of a package. */
export function readCode(files: Files, pkg: Package): Code | undefined {
  const paths = files.sources(pkg.folder)
  if (paths.length === 0) return undefined
  const sources: Source[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = files.read(path)
    if (text !== undefined && text.length <= largestFile) sources.push(createSource(path, text))
  }
  const has = (pattern: RegExp) => sources.some(({ text }) => pattern.test(text))
  const placesOf = (pattern: RegExp): Place[] =>
    sources.flatMap((source) => {
      const match = pattern.exec(source.text)
      pattern.lastIndex = 0
      return match ? [source.place(match.index, match.index + match[0].length)] : []
    })
  return {
    isWhole: sources.length === paths.length,
    usesLameduck: has(/['"]@lameduck\/(?:core|fastify|express|nestjs|grpc|register)['"]/),
    handlesStop: has(stopWords),
    serves: has(serving),
    setsKeepAlive: has(/keep_?alive_?timeout/i),
    keepAlive: keepAliveIn(sources),
    abruptExits: placesOf(abruptExit),
    forks: placesOf(forking),
    options: readOptions(sources.filter(({ text }) => text.includes('@lameduck/'))),
    mentions: (pattern) => placesOf(pattern)[0],
  }
}
