import { once } from 'node:events'

/** An answer that is given when the test wants it, by SIGUSR2: after the stop signal, however busy the machine is. */
export async function slow() {
  console.log('{"asked":true}')
  await once(process, 'SIGUSR2')
  return 'slow'
}

/** What a host does last, said so that a test sees it. */
export const closed = () => console.log('{"theirs":true}')
