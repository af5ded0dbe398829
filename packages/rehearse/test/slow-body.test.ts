import { expect, test } from 'vitest'
import { sentSlowly } from '../src/slow-body.js'

test.each([
  [1024, 10],
  [10, 10],
  [3, 3],
  [1, 1],
])('%i bytes come in %i parts, over the whole time', async (bytes, parts) => {
  const body = Buffer.alloc(bytes, 'abc')
  const began = performance.now()
  const chunks: Buffer[] = await sentSlowly(body, 90).toArray()
  expect(chunks).toHaveLength(parts)
  expect(Buffer.concat(chunks)).toEqual(body)
  if (parts > 1) expect(performance.now() - began).toBeGreaterThan(75)
})
