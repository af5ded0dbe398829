import { beyondLooks } from '@lameduck/conformance'
import { expect, test } from 'vitest'

test('while nothing drains, a request is looked at by its path and counted; nothing else of ours runs, whatever is done to it', async () => {
  const script = new URL('scenarios/ready-state.mjs', import.meta.url)
  expect(await beyondLooks(script)).toEqual({ more: [], missing: [] })
})
