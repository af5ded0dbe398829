import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { describe, expect, inject, test } from 'vitest'

const consumer = inject('consumer')

describe.each(inject('packed'))('$name', ({ name, tarball }) => {
  test('publint has nothing to say', async () => {
    const { messages } = await publint({
      pkgDir: join(consumer, 'node_modules', name),
      level: 'suggestion',
      strict: true,
      pack: false,
    })
    expect(messages).toEqual([])
  })

  test('no type is wrong', async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
    if (result.types === false) throw new Error(`${name} has no types`)
    expect(result.problems).toEqual([])
  })
})
