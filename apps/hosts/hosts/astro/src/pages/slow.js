import { once } from 'node:events'

export const prerender = false

export async function GET() {
  console.log('{"asked":true}')
  await once(process, 'SIGUSR2')
  return new Response('slow')
}
