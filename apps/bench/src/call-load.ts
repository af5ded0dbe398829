// The callers of gRPC servers, in a process of their own: what they cost is not the server's.
import { Client, credentials } from '@grpc/grpc-js'
import { answerQuestions } from './answering.js'
import { greet } from './call-service.js'

const channels = 4
const request = Buffer.from('duck')
const open = new Map<number, { readonly clients: readonly Client[]; readonly callers: number }>()

const call = (client: Client) =>
  new Promise<void>((resolve, reject) =>
    client.makeUnaryRequest(
      greet.path,
      greet.requestSerialize,
      greet.responseDeserialize,
      request,
      (error) => (error ? reject(error) : resolve()),
    ),
  )

function connect({ port, count }: { port: number; count: number }): void {
  const options = { 'grpc.use_local_subchannel_pool': 1 }
  const clients = Array.from(
    { length: channels },
    () => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options),
  )
  open.set(port, { clients, callers: count })
}

/** Calls `requests` times: every caller calls again as soon as it is answered. */
async function ask({ port, requests }: { port: number; requests: number }): Promise<void> {
  const { clients, callers } = open.get(port) ?? { clients: [], callers: 0 }
  let left = requests
  const caller = async (client: Client) => {
    while (left-- > 0) await call(client)
  }
  await Promise.all(Array.from({ length: callers }, (_, i) => caller(clients[i % channels] as Client)))
}

answerQuestions({
  connect,
  ask,
  close({ port }: { port: number }) {
    for (const client of open.get(port)?.clients ?? []) client.close()
    open.delete(port)
  },
})
