/** What `sh` is in an image; `none`: there is no shell. */
export type Shell = 'dash' | 'ash' | 'bash' | 'none' | 'unknown'

/** What an image brings with it. */
export interface Base {
  readonly shell: Shell
  /** Its own entry point, where it is known to change something: what comes behind it is what it runs. */
  readonly entrypoint: readonly string[]
  /** Node is what it is for. */
  readonly isNode: boolean
  /** The version of Node, where its tag tells. */
  readonly node: number | undefined
  /** `curl` and `wget` are not there. */
  readonly isBare: boolean
}

const shells: readonly (readonly [RegExp, Shell])[] = [
  [/distroless|^scratch$|chainguard|^cgr\.dev\//, 'none'],
  [/alpine|^busybox/, 'ash'],
  [
    /ubi\d|centos|fedora|rockylinux|almalinux|amazonlinux|redhat|nodeshift|^(?:public\.ecr\.aws\/)?lambda\//,
    'bash',
  ],
  [/slim|bookworm|bullseye|buster|trixie|stretch|jammy|focal|noble|debian|ubuntu|bitnami/, 'dash'],
]

const nodeImage =
  /(?:^|\/)(?:node|nodejs\d*|nodejs\d+-debian\d+|nodesource\/\S*|iron|hydrogen)(?:[:@]|$)|(?:^|\/)(?:node|nodejs)[-_\d]/

/** Images upon Node's that others publish. */
const nodeDerived =
  /(?:^|\/)(?:bun|deno|playwright|puppeteer|pm2|mhart\/alpine-node|node-\w+)(?:[:@]|$)|keymetrics\/pm2/

function shellOf(image: string): Shell {
  const found = shells.find(([pattern]) => pattern.test(image))
  if (found) return found[1]
  // Docker's own image of Node stands on Debian unless its tag says otherwise.
  return /^(?:docker\.io\/)?(?:library\/)?(?:node|oven\/bun)(?:[:@]|$)|(?:^|\/)docker\/library\/node[:@]/.test(
    image,
  )
    ? 'dash'
    : 'unknown'
}

/** What is known of an image by its name alone. */
export function knowBase(image: string | undefined): Base {
  if (image === undefined)
    return { shell: 'unknown', entrypoint: [], isNode: false, node: undefined, isBare: false }
  const name = image.toLowerCase()
  const shell = shellOf(name)
  const isDistrolessNode = /distroless\/nodejs/.test(name)
  const [, major] = /(?:node(?:js)?[-_:]?|nodejs)(\d+)/.exec(name) ?? []
  return {
    shell: /debug/.test(name) && shell === 'none' ? 'unknown' : shell,
    entrypoint: isDistrolessNode ? ['node'] : [],
    isNode: nodeImage.test(name) || nodeDerived.test(name) || isDistrolessNode,
    node: major === undefined ? undefined : Number(major),
    isBare: shell === 'none' || /slim/.test(name),
  }
}
