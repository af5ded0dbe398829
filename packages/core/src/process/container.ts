/** The file system at `/`, by /proc/self/mountinfo: of mounts upon each other, the last one is seen. */
function rootFileSystem(mounts: string): string {
  const [, type = ''] = [...mounts.matchAll(/^(?:\S+ ){4}\/ .* - (\S+)/gm)].at(-1) ?? []
  return type
}

/** Containers have layers: their root lies over an image. */
const layered = /^(?:overlay|overlayfs|aufs|fuse\.fuse-overlayfs)$/
/** The number of a container, as Docker, containerd, CRI-O and Podman give it; LXC gives names. */
const ofContainer = /[/-][0-9a-f]{64}(?:\.scope)?(?:\/|$)|\/lxc(?:\.payload[^/]*)?\//m

/**
 * Whether this process is in a container, proved by its root or by its control group. A file like `/.dockerenv` proves
 * nothing: a virtual machine that was made from an image has it, too. Where nothing may be read, a process that is
 * number 1 is taken to be in one.
 */
export function isInContainer(read: (path: string) => string, pid: number): boolean {
  const mounts = read('/proc/self/mountinfo')
  if (mounts === '') return pid === 1
  return layered.test(rootFileSystem(mounts)) || ofContainer.test(read('/proc/self/cgroup'))
}
