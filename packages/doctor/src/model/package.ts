import { folderOf } from '../files/files.js'
import { readJson } from '../read/json-tree.js'
import type { Tree } from '../read/tree.js'
import type { Place, Source } from '../text/source.js'

/** A `package.json`. */
export interface Package {
  readonly source: Source
  readonly folder: string
  readonly tree: Tree
  readonly name: string | undefined
  /** Dependencies that are there when it serves. */
  readonly dependencies: ReadonlyMap<string, Tree>
  /** A script by its name. */
  script(name: string): Tree | undefined
}

/** Reads a `package.json`; nothing, if it is none. */
export function readPackage(source: Source): Package | undefined {
  const { tree } = readJson(source)
  if (tree?.map === undefined) return undefined
  return {
    source,
    folder: folderOf(source.file),
    tree,
    name: tree.get('name')?.text,
    dependencies: new Map(
      ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap(
        (field) => tree.get(field)?.fields ?? [],
      ),
    ),
    script: (name) => tree.get('scripts', name),
  }
}

/** Libraries that end a process in order, besides lameduck. */
const lifecycleLibraries: readonly string[] = [
  '@godaddy/terminus',
  'lightship',
  'close-with-grace',
  'http-graceful-shutdown',
  'http-terminator',
  'http-shutdown',
  'stoppable',
  'server-destroy',
  'graceful-server',
  '@gquittet/graceful-server',
  'fastify-graceful-shutdown',
  'fastify-graceful-exit',
  'express-graceful-exit',
  'express-graceful-shutdown',
  'node-graceful',
  'node-graceful-shutdown',
  'graceful-shutdown',
  'nestjs-graceful-shutdown',
  'nestjs-graceful-shutdown-plus',
  'death',
  'async-exit-hook',
]

/** Frameworks and commands that handle SIGTERM themselves. */
const withHandlers: readonly string[] = [
  'fastify-cli',
  'next',
  'nuxt',
  '@apollo/server',
  'apollo-server',
  'apollo-server-express',
  'parse-server',
  '@strapi/strapi',
  'directus',
  'sails',
  'moleculer',
  '@adonisjs/core',
  'egg',
  '@google-cloud/functions-framework',
  '@remix-run/serve',
  '@react-router/serve',
  'nitropack',
  'srvx',
  '@feathersjs/cli',
  'pm2',
]

/** Whether something among the dependencies handles SIGTERM itself. */
export const handlesItself = ({ dependencies }: Package): boolean =>
  withHandlers.some((name) => dependencies.has(name))

/** The lifecycle libraries of a package. */
export const librariesOf = ({ dependencies }: Package): string[] =>
  lifecycleLibraries.filter((name) => dependencies.has(name))

const ownNames = /^@lameduck\/(?:core|fastify|express|nestjs|grpc|register|cluster)$/

/** Where a package names a dependency. */
export const dependencyAt = ({ dependencies, tree }: Package, name: string): Place =>
  (dependencies.get(name) ?? tree).place

/** lameduck's packages among a package's dependencies. */
export const lameduckIn = ({ dependencies }: Package): string[] =>
  [...dependencies.keys()].filter((name) => ownNames.test(name))

/** Frameworks and servers that make a package a service. */
export const serverFrameworks: readonly string[] = [
  'express',
  'fastify',
  'koa',
  'hapi',
  '@hapi/hapi',
  'restify',
  '@nestjs/core',
  '@grpc/grpc-js',
  'next',
  'nuxt',
  'hono',
  '@hono/node-server',
  'polka',
  'h3',
  'nitropack',
  'apollo-server',
  '@apollo/server',
  'socket.io',
  'ws',
  'sails',
  '@adonisjs/core',
  '@feathersjs/feathers',
  'strapi',
  '@strapi/strapi',
  'connect',
  'micro',
  'moleculer',
  'loopback',
  '@loopback/rest',
  'egg',
  '@midwayjs/core',
  'fastify-cli',
  'parse-server',
  'directus',
  '@sveltejs/adapter-node',
  '@remix-run/serve',
  '@remix-run/express',
  '@react-router/serve',
]
