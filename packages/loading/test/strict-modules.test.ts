import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, test } from 'vitest'
import { installedVersion, type Manifest, readManifest, readText } from './consumer/libraries.js'
import { succeed } from './consumer/run.js'

const folder = join(inject('consumer'), '..')
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const { packageManager } = readManifest('.') as Manifest & { packageManager: string }
const tarballOf = (name: string) => `file:${inject('packed').find((each) => each.name === name)?.tarball}`

/** The code blocks of a README; grpc-js has no types for what it loads from a file. */
const snippetsOf = (library: string) =>
  [...readText(`packages/${library}/README.md`).matchAll(/^```(js|ts)\n(.*?)^```/gms)].map(
    ([, language, code = '']) => ({
      language,
      code: code.replace(/loadPackageDefinition\(.*\)$/m, '$& as any'),
    }),
  )

const compilerOptions = {
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  esModuleInterop: true,
  noEmit: true,
}

/** Its library, and how it finds modules. */
const languages = [
  ['es2020', 'node16'],
  ['es2020', 'nodenext'],
  ['es2020', 'bundler'],
  ['es2022', 'bundler'],
  ['esnext', 'nodenext'],
] as const

/** What applications install that use one library, and by which package of the repository their versions are known. */
const projects = [
  {
    library: 'nestjs',
    beside: [],
    from: 'packages/loading',
    others: ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'rxjs', 'reflect-metadata'],
  },
  {
    library: 'nestjs',
    beside: ['grpc'],
    from: 'packages/nestjs',
    others: ['common', 'core', 'platform-express', 'microservices']
      .map((name) => `@nestjs/${name}`)
      .concat('rxjs', 'reflect-metadata', '@grpc/grpc-js', '@grpc/proto-loader'),
  },
  {
    library: 'fastify',
    beside: [],
    from: 'packages/fastify',
    others: ['fastify', '@fastify/websocket', '@types/ws'],
  },
  { library: 'express', beside: [], from: 'packages/loading', others: ['express', '@types/express'] },
  { library: 'grpc', beside: [], from: 'packages/nestjs', others: ['@grpc/grpc-js', '@grpc/proto-loader'] },
]

/** Installs the packed library with pnpm, which shows an application nothing but what it has asked for. */
async function install(project: (typeof projects)[number]): Promise<string> {
  const { library, beside, from, others } = project
  const directory = join(folder, ['strict', library, ...beside].join('-'))
  const ours = [library, ...beside].map((name) => `@lameduck/${name}`)
  const dependencies = {
    ...Object.fromEntries(ours.map((name) => [name, tarballOf(name)])),
    ...Object.fromEntries(others.map((name) => [name, installedVersion(from, name)])),
    '@types/node': installedVersion('packages/loading', '@types/node'),
  }
  await mkdir(directory)
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  )
  const settings = {
    packages: [],
    overrides: { '@lameduck/core': tarballOf('@lameduck/core') },
    autoInstallPeers: false,
    pmOnFail: 'ignore',
  }
  await writeFile(join(directory, 'pnpm-workspace.yaml'), JSON.stringify(settings))
  const install = ['install', '--prefer-offline', '--ignore-scripts']
  await succeed('npx', ['-y', packageManager, ...install], { cwd: directory, patience: 240_000 })
  return directory
}

describe.each(projects)('an application that has installed $library $beside by pnpm', (project) => {
  test('compiles what the README says, whatever its language and resolution', {
    timeout: 600_000,
  }, async () => {
    const directory = await install(project)
    const codes = snippetsOf(project.library).filter(
      ({ code }) => project.beside.length > 0 === /@lameduck\/grpc/.test(code) || project.library === 'grpc',
    )
    expect(codes.length).toBeGreaterThan(1)
    const files = await Promise.all(
      codes.map(async ({ language, code }, i) => {
        const file = `snippet-${i}.${language}.mts`
        await writeFile(join(directory, file), `${code}\nexport {}\n`)
        return file
      }),
    )
    for (const [lib, resolution] of languages) {
      const config = join(directory, `tsconfig.${lib}.${resolution}.json`)
      const options = {
        ...compilerOptions,
        lib: [lib],
        target: lib,
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        noImplicitAny: codes.every(({ language }) => language === 'ts'),
      }
      await writeFile(config, JSON.stringify({ compilerOptions: options, files }))
      await succeed(process.execPath, [tsc, '-p', config], { cwd: directory })
    }
  })
})

test('such an application does not see core, which it has not installed', async () => {
  const directory = join(folder, 'strict-nestjs')
  const source = "import type { Lifecycle } from '@lameduck/core'\nexport type Mine = Lifecycle\n"
  await writeFile(join(directory, 'core.mts'), source)
  const options = { ...compilerOptions, module: 'nodenext', target: 'es2022' }
  await writeFile(
    join(directory, 'tsconfig.core.json'),
    JSON.stringify({ compilerOptions: options, files: ['core.mts'] }),
  )
  await expect(
    succeed(process.execPath, [tsc, '-p', 'tsconfig.core.json'], { cwd: directory }),
  ).rejects.toThrow("Cannot find module '@lameduck/core'")
})
