import { once } from 'node:events'

export async function loader() {
  console.log('{"asked":true}')
  await once(process, 'SIGUSR2')
  return new Response('slow')
}
