import { describe, expect, test } from 'vitest'
import { isInContainer } from '../src/process/container.js'

const id = '3f'.repeat(32)
const mounts = (root: string) =>
  `22 27 0:21 / /proc rw,relatime - proc proc rw\n27 1 254:0 / / rw,relatime - ${root} none rw\n28 27 0:9 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n`

const inContainer = (files: { mounts?: string; cgroup?: string; marker?: string }, pid = 42) =>
  isInContainer(
    (path) =>
      ({
        '/proc/self/mountinfo': files.mounts ?? '',
        '/proc/self/cgroup': files.cgroup ?? '0::/\n',
        '/.dockerenv': files.marker ?? '',
      })[path] ?? '',
    pid,
  )

describe('a container', () => {
  test.each(['overlay', 'overlayfs', 'aufs', 'fuse.fuse-overlayfs'])('has %s at its root', (type) => {
    expect(inContainer({ mounts: mounts(type) })).toBe(true)
  })

  test.each([
    ['Docker', `12:memory:/docker/${id}`],
    ['Docker under systemd', `0::/system.slice/docker-${id}.scope`],
    ['Podman', `0::/machine.slice/libpod-${id}.scope/container`],
    [
      'a kubelet',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`,
    ],
    ['LXC', '4:cpu:/lxc.payload.web/'],
  ])('is known by the control group of %s, whatever its root is', (_who, cgroup) => {
    expect(inContainer({ mounts: mounts('btrfs'), cgroup })).toBe(true)
  })

  test.each([
    '0::/user.slice/user-1000.slice/session-2.scope',
    '0::/system.slice/docker.service',
    '4:memory:/process_api/007a27378a636d8fa18662b48d0ab213',
    '0::/',
  ])('is no machine whose process is in %s, even if it was made from an image', (cgroup) => {
    expect(inContainer({ mounts: mounts('ext4'), cgroup, marker: ' ' })).toBe(false)
  })

  test('is seen by what was mounted last at its root', () => {
    expect(inContainer({ mounts: mounts('rootfs') + mounts('overlay') })).toBe(true)
    expect(inContainer({ mounts: mounts('overlay') + mounts('ext4') })).toBe(false)
  })

  test('is assumed of process 1 where nothing may be read', () => {
    expect(inContainer({}, 1)).toBe(true)
    expect(inContainer({})).toBe(false)
  })
})
