import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { after } from 'next/server'

export const dynamic = 'force-dynamic'

export async function GET() {
  after(async () => {
    await sleep(100)
    console.log('{"theirs":true}')
  })
  console.log('{"asked":true}')
  await once(process, 'SIGUSR2')
  return new Response('slow')
}
