import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pages, read, root } from './markdown.js'

describe('links', () => {
  for (const page of pages()) {
    test(`of ${page} lead somewhere`, () => {
      const targets = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
        ([, target]) => target ?? '',
      )
      const broken = targets.filter((target) => !existsSync(join(root, dirname(page), target)))
      expect(broken).toEqual([])
    })
  }
})
