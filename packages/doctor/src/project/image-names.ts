import type { Image } from '../dockerfile/image.js'
import { folderOf, foldersUp, nameOf } from '../files/files.js'
import type { Tree } from '../read/tree.js'

/** An image that a build is known to make. */
export interface NamedImage {
  readonly image: Image
  /** Names it may have in a manifest, without registry, tag and digest. */
  readonly names: readonly string[]
}

/** An image's name without registry, organisation, tag and digest. */
export const bareName = (image: string): string =>
  nameOf(image.replace(/@sha256:.*$/, '').replace(/:[^/:]*$/, ''))

/** What is filled in when it is deployed: a registry, a tag. */
const placeholder = /\$\{[^}]*\}|\$\([^)]*\)|\$\w+|<[\w-]+>/g

/** The name of an image as a manifest has it; with what is filled in later left out, if it is not the name itself. */
export function imageNameIn(tree: Tree | undefined): string | undefined {
  if (tree?.text !== undefined) return tree.text
  if (typeof tree?.scalar !== 'string') return undefined
  const written = tree.scalar.replace(placeholder, '_')
  return bareName(written).includes('_') ? undefined : written
}

const withoutScope = (name: string) => name.slice(name.lastIndexOf('/') + 1)

const meaningless = [
  'docker',
  'build',
  'deploy',
  'deployment',
  'src',
  'app',
  'apps',
  'packages',
  'services',
  '.docker',
  'ci',
  'ops',
  '',
]

/** Names that a Dockerfile's image may have: its package's, its folder's, or the one in its own name. */
export function guessNames(image: Image, packageName: string | undefined): string[] {
  const file = nameOf(image.source.file)
  const [, suffix] = /^(?:Dockerfile|Containerfile)[.-]([\w-]+)$/i.exec(file) ?? []
  const [, prefix] = /^([\w-]+)\.(?:dockerfile|containerfile)$/i.exec(file) ?? []
  const folders = [nameOf(image.folder), nameOf(folderOf(image.folder))]
  const folder = folders.find((name) => !meaningless.includes(name))
  const names = [packageName && withoutScope(packageName), suffix, prefix, folder]
  return [...new Set(names.filter((name): name is string => name !== undefined && name.length > 1))]
}

/** Images that everybody knows, and that are no Node services. */
const strangers = new RegExp(
  `^(?:${[
    'postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|valkey|memcached|rabbitmq|nats|kafka|zookeeper|cassandra|elasticsearch|opensearch',
    'kibana|logstash|fluentd?|fluent-bit|filebeat|grafana|prometheus|alertmanager|loki|tempo|jaeger|otel\\S*|opentelemetry\\S*|statsd|zipkin|apm-server',
    'nginx|nginx-\\S*|httpd|caddy|haproxy|traefik|envoy|proxyv2|linkerd\\S*|oauth2-proxy|cloudflared|kong|varnish|squid',
    'busybox|alpine|debian|ubuntu|centos|curl|git|kubectl|helm|bash|python|golang|openjdk|eclipse-temurin|ruby|php|dotnet|rust|wordpress',
    'minio|vault|consul|etcd|coredns|adminer|pgadmin4?|phpmyadmin|mailhog|mailpit|keycloak|localstack|pause|cert-manager\\S*|sqlserver|oracle',
    'mssql|influxdb|clickhouse|neo4j|couchdb|cockroach|registry|portainer|cadvisor|node-exporter|kube-\\S*|metrics-server|external-dns',
  ].join('|')})$`,
)

/** Whether an image is one that everybody knows, and no Node service. */
export const isStranger = (image: string): boolean => strangers.test(bareName(image))

/** Docker's own image, from whatever mirror. */
const official = /^(?:(?:[\w.-]+\/)*library\/|docker\.io\/)?node(?:[:@].*)?$/
const named =
  /^nodejs(?:[-_\d]|$)|[-_]nodejs$|(?:^|[-_])node(?:js)?[-_](?:micro)?(?:app|api|server|service|web|backend|worker|hello|express)(?:[-_]|$)|^(?:nestjs?|express|fastify|nextjs)[-_]|[-_](?:nestjs|express|fastify|nextjs)$/

/** Whether an image's name says Node. A node of a cluster is something else: `calico/node`, `selenium/node-chrome`. */
export const saysNode = (image: string): boolean => official.test(image) || named.test(bareName(image))

/** An image's name, and the manifest that has it. */
export interface Wanted {
  readonly name: string
  /** The folder of the manifest. */
  readonly folder: string
}

/** What is left of a name without words that say no more than that it is a service. */
const essence = (name: string) => name.replace(/[-_](?:micro)?(?:service|svc|api|server|app|backend)$/, '')

const isSimilar = (name: string, built: string) =>
  built.length > 2 &&
  (name.endsWith(`-${built}`) || built.endsWith(`-${name}`) || essence(name) === essence(built))

const isBelow = (folder: string, top: string) => top === '' || folder === top || folder.startsWith(`${top}/`)

/** The one that is nearest to a folder: the only one below it, else below the next above it. */
function nearest(
  candidates: readonly NamedImage[],
  folder: string,
): { image: Image; top: string } | undefined {
  for (const top of foldersUp(folder)) {
    const [first, ...others] = candidates.filter(({ image }) => isBelow(image.folder, top))
    if (first) return others.length === 0 ? { image: first.image, top } : undefined
  }
  return undefined
}

/** Finds the images that names in manifests mean. */
export type FindImage = (wanted: Wanted) => Image | undefined

/**
 * Links names in manifests with images that are built: by name; else, where a folder has one Dockerfile and its manifests one
 * image that is nobody else's, those two belong together. Nothing, where it could be several or none.
 *
 * @param manifests all names that stand in manifests, for the second way; none: by name alone
 */
export function createFinder(known: readonly NamedImage[], manifests: readonly Wanted[]): FindImage {
  const own = manifests.filter(({ name }) => !isStranger(name))
  const alone = new Map<string, boolean>()
  const isAlone = (top: string) => {
    const found =
      alone.get(top) ??
      new Set(own.filter(({ folder }) => isBelow(folder, top)).map(({ name }) => bareName(name))).size === 1
    alone.set(top, found)
    return found
  }
  return ({ name: wanted, folder }) => {
    const name = bareName(wanted)
    const exact = known.filter(({ names }) => names.includes(name))
    if (exact.length > 0) return nearest(exact, folder)?.image
    if (isStranger(wanted)) return undefined
    const similar = known.filter(({ names }) => names.some((each) => isSimilar(name, each)))
    if (similar.length > 0) return nearest(similar, folder)?.image
    const only = nearest(known, folder)
    return only && isAlone(only.top) ? only.image : undefined
  }
}
