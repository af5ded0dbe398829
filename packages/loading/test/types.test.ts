import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { succeed } from './consumer/run.js'

const consumer = inject('consumer')
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  types: ['node'],
  // As everybody's `tsc --init` has it: default imports of CommonJS.
  esModuleInterop: true,
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: false,
  rootDir: '.',
}

test.each([
  ['an ES module', 'mts', 'mjs'],
  ['CommonJS', 'cts', 'cjs'],
])('a strict application compiles as %s and runs', async (_format, source, compiled) => {
  await copyFile(join(consumer, 'application.ts'), join(consumer, `application.${source}`))
  const config = `tsconfig.${source}.json`
  const outDir = `compiled-${compiled}`
  await writeFile(
    join(consumer, config),
    JSON.stringify({ compilerOptions: { ...compilerOptions, outDir }, files: [`application.${source}`] }),
  )
  await succeed(process.execPath, [tsc, '-p', config], { cwd: consumer })
  const said = await succeed(process.execPath, [`${outDir}/application.${compiled}`], { cwd: consumer })
  expect(JSON.parse(said)).toEqual([true, true, true, true, 'ready', 'OPTION_UNKNOWN'])
})

test('an application with an older library of its language compiles and runs', async () => {
  await copyFile(join(consumer, 'older-library.ts'), join(consumer, 'older-library.cts'))
  const older = { ...compilerOptions, target: 'es2020', lib: ['es2020'], outDir: 'compiled-older' }
  await writeFile(
    join(consumer, 'tsconfig.older.json'),
    JSON.stringify({ compilerOptions: older, files: ['older-library.cts'] }),
  )
  await succeed(process.execPath, [tsc, '-p', 'tsconfig.older.json'], { cwd: consumer })
  const said = await succeed(process.execPath, ['compiled-older/older-library.cjs'], { cwd: consumer })
  expect(said).toContain('done 1')
})
