import { readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, root } from './markdown.js'

const row = '(?:[A-C]\\d+|D-\\d[a-c]?|E\\d+)'

/** Files that hold tests, by their paths from the root. */
const testFiles = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => !path.includes('node_modules'))
    .filter((path) => /\/test\/.*\.test\.ts$|\/conformance\/src\/cases\/.*\.ts$/.test(path)),
)

/** `file: name` of every test whose name begins with a row; what differs from case to case is `…`. */
const written = testFiles.flatMap((file) =>
  [...read(file).matchAll(new RegExp(`(['"\`])(${row}: .+?)\\1[,)]`, 'g'))].map(
    ([, , name = '']) => `${file}: ${name.replaceAll(/\$\{.*?\}/g, '…')}`,
  ),
)

const page = 'docs/acceptance.md'
const lines = read(page)
  .split('\n')
  .filter((line) => new RegExp(`^\\| ${row} `).test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

/** `file: name` of every test in the tables. */
const listed = lines.flatMap(([, id, , tests = '']) =>
  tests.split('<br>').map((each) => {
    const [, target = '', name = ''] = /^\[.*?\]\((.*?)\): (.*)$/.exec(each.trim()) ?? []
    return `${normalize(join(dirname(page), target))}: ${id}: ${name}`
  }),
)

describe(page, () => {
  test('lists every test whose name begins with a row, and no other', () => {
    expect([...listed].sort()).toEqual([...new Set(written)].sort())
  })

  test('has every row once, each with a test and with what others do', () => {
    const ids = lines.map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id, behaviour, tests, elsewhere] of lines) {
      for (const cell of [behaviour, tests, elsewhere]) expect(cell, id).toMatch(/\w/)
    }
  })
})
