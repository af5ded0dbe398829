// A process of its own: reads "+<pid>" and "-<pid>" lines, and when the other end is gone, however it ended, kills what is left.
import { createInterface } from 'node:readline'

const groups = new Set<number>()
const lines = createInterface({ input: process.stdin })

lines.on('line', (line) => {
  const pid = Number(line.slice(1))
  if (!Number.isInteger(pid) || pid <= 1) return
  if (line.startsWith('+')) groups.add(pid)
  else groups.delete(pid)
})
lines.on('close', () => {
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // Gone already: that is what was wanted.
    }
  }
  process.exit(0)
})
