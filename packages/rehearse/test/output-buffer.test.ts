import { expect, test } from 'vitest'
import { createOutputBuffer } from '../src/output-buffer.js'

test('keeps the last lines, however the chunks fall', () => {
  const output = createOutputBuffer(2)
  output.write('one\ntw')
  output.write('o\nthree\n')
  expect(output.lines()).toEqual(['two', 'three'])
  output.write('fo')
  expect(output.lines()).toEqual(['three', 'fo'])
})

test('shortens endless lines', () => {
  const output = createOutputBuffer()
  output.write('x'.repeat(5000))
  expect(output.lines()[0]).toHaveLength(1000)
})
