import { beyondLooks } from '@lameduck/conformance'
import { expect, test } from 'vitest'

test('while nothing drains, nothing of ours runs for a request but what core does to count it', async () => {
  const script = new URL('scenarios/ready-state.mjs', import.meta.url)
  expect(await beyondLooks(script)).toEqual({ more: [], missing: [] })
})
