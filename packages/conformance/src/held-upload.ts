import { expect } from 'vitest'
import type { ForkedServer } from './forked-server.js'

/**
 * Holds a server's process by an upload that is sent until it is let go: its listener closes meanwhile, and its idle
 * connections stay.
 *
 * @returns what ends the upload, and resolves when it has been answered
 */
export async function holdByUpload(server: ForkedServer): Promise<() => Promise<void>> {
  const client = await server.connect()
  void client.request('POST', '/upload', { headers: { 'Transfer-Encoding': 'chunked' } })
  await server.line('uploading')
  return async () => {
    await client.send('5\r\nhello\r\n0\r\n\r\n')
    expect(await client.response()).toMatchObject({ status: 200, text: '5' })
  }
}
