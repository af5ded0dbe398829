import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder that goes with the test. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'lameduck-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
