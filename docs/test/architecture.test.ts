import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, root } from './markdown.js'

const below = (folder: string): string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`)

const packages = readdirSync(`${root}packages`).filter((name) => existsSync(`${root}packages/${name}/src`))
const sources = packages.flatMap((name) => below(`packages/${name}/src`))
const adapters = ['express', 'fastify', 'grpc', 'nestjs']

const drawers = ['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'types', 'constants']

/** A file's lines without blank ones and comments. */
const codeOf = (path: string) =>
  read(path)
    .split('\n')
    .filter((line) => /\S/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))

/** A class's comment stands above its decorators. */
const withoutDecorators = (source: string) => source.replaceAll(/^@\w+\((.*\)|[\s\S]*?^\}\))\n/gm, '')

/** Lines that export a declaration, with the line before each. */
const exportsOf = (path: string): { line: string; before: string }[] => {
  const lines = withoutDecorators(read(path)).split('\n')
  return lines.flatMap((line, i) =>
    /^export (async |abstract )?(function|const|class|interface|type) \w/.test(line)
      ? [{ line, before: lines[i - 1] ?? '' }]
      : [],
  )
}

describe('every source file', () => {
  test('has a reason to change, not a drawer for its name', () => {
    const names = sources.flatMap((path) => [basename(path, '.ts'), basename(dirname(path))])
    expect(names.filter((name) => drawers.includes(name))).toEqual([])
  })

  test('is short enough to be read at once', () => {
    expect(sources.filter((path) => read(path).split('\n').length > 251)).toEqual([])
  })

  test('of a published package documents what it exports', () => {
    const published = sources.filter((path) => !path.startsWith('packages/conformance/'))
    const bare = published.flatMap((path) =>
      exportsOf(path)
        .filter(({ before }) => !before.trimEnd().endsWith('*/'))
        .map(({ line }) => `${path}: ${line}`),
    )
    expect(bare).toEqual([])
  })
})

describe('an adapter', () => {
  for (const adapter of adapters) {
    const own = below(`packages/${adapter}/src`)

    test(`${adapter} translates and never decides: no timer, no process, no set of sockets`, () => {
      const decides = /\b(setTimeout|setInterval|setImmediate)\(|\bprocess\.|new (Set|Map)\(/
      expect(own.filter((path) => decides.test(read(path)))).toEqual([])
    })

    test(`${adapter} is short`, () => {
      // gRPC's health service is a protocol of its own, which no other adapter has to speak.
      const adapting = own.filter((path) => !basename(path).startsWith('health-'))
      expect(adapting.flatMap(codeOf).length).toBeLessThan(adapter === 'nestjs' ? 450 : 275)
    })
  }
})

describe('core', () => {
  const folder = 'packages/core/src'
  const protocols = ['http', 'http2', 'websocket', 'calls', 'messages']
  const outer = ['adapters', 'testing']
  const folderOf = (path: string) => dirname(path).slice(folder.length + 1)
  const own = below(folder)

  /** `file -> folder` for each import of a value that leads out of a file's own folder. */
  const imports = own.flatMap((path) =>
    [...read(path).matchAll(/^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gm)].map(
      ([, target = '']) => ({
        path,
        from: folderOf(path),
        to: folderOf(join(dirname(path), target)),
      }),
    ),
  )
  const between = (from: (name: string) => boolean, to: (name: string) => boolean) =>
    imports
      .filter((each) => from(each.from) && to(each.to))
      .map((each) => `${each.path.slice(folder.length + 1)} -> ${each.to}`)

  test('has its protocols know nothing of the lifecycle, the process or each other, but for what carries them', () => {
    const allowed = [/^http2\/.* -> http$/, /^(calls|websocket|messages)\/.* -> http2?$/]
    const inner = between(
      (from) => protocols.includes(from),
      (to) => [...protocols, ...outer, 'lifecycle', 'process', 'events', 'options'].includes(to),
    ).filter((line) => !line.startsWith(`${line.split(' -> ')[1]}/`))
    expect(inner.filter((line) => !allowed.some((pattern) => pattern.test(line)))).toEqual([])
  })

  test('has one place where a server becomes something that drains, and one that writes probe answers', () => {
    const known = between(
      (from) => ![...protocols, ...outer, ''].includes(from),
      (to) => protocols.includes(to),
    )
    expect([...new Set(known)].sort()).toEqual([
      'options/option-rules.ts -> websocket',
      'probes/probe-server.ts -> http',
      'servers/to-drainable.ts -> http',
      'servers/to-drainable.ts -> http2',
      'servers/to-drainable.ts -> websocket',
    ])
  })

  test('can be read in an evening: without protocols, adapters and the test kit, about 4 950 lines of code', () => {
    const lifecycle = own.filter((path) => ![...protocols, ...outer].includes(folderOf(path)))
    expect(lifecycle.flatMap(codeOf).length).toBeLessThan(4988)
  })
})

describe('what a user installs', () => {
  const manifest = (name: string) =>
    JSON.parse(read(`packages/${name}/package.json`)) as { dependencies?: Record<string, string> }

  test('core depends on nothing', () => {
    expect(manifest('core').dependencies ?? {}).toEqual({})
  })

  test("an adapter depends on core and its framework's own kit", () => {
    expect(Object.keys(manifest('express').dependencies ?? {})).toEqual(['@lameduck/core'])
    expect(Object.keys(manifest('fastify').dependencies ?? {})).toEqual(['@lameduck/core', 'fastify-plugin'])
    expect(Object.keys(manifest('grpc').dependencies ?? {})).toEqual(['@grpc/proto-loader', '@lameduck/core'])
    expect(Object.keys(manifest('nestjs').dependencies ?? {})).toEqual(['@lameduck/core'])
  })
})
