import { type ForkedServer, RawClient, type RawResponse } from '@lameduck/conformance'
import type { Question } from './host.js'

/**
 * What a client got: the status and whether its connection stays; or how it was turned away. `closed`: it saw the connection end
 * before it asked; `lost`: it did not.
 */
export type Answer = `${number} close` | `${number} keep-alive` | 'refused' | 'closed' | 'lost' | 'wrong'

/** What somebody gets who connects now. */
export async function answerOfNewcomer(server: ForkedServer, question: Question): Promise<Answer> {
  const client = await RawClient.connect({ port: server.port }).catch(() => undefined)
  return client === undefined ? 'refused' : answerOf(server.adopt(client), question)
}

/** The same, whatever the body says. */
export async function statusOf(server: ForkedServer, question: Question): Promise<Answer> {
  const client = await RawClient.connect({ port: server.port }).catch(() => undefined)
  if (client === undefined) return 'refused'
  const response = await ask(client, question)
  client.destroy()
  return response === undefined ? 'lost' : told(response)
}

/** What a client gets on its connection. */
export async function answerOf(client: RawClient, question: Question): Promise<Answer> {
  if (client.ending !== undefined) return 'closed'
  const response = await ask(client, question)
  if (response === undefined) return 'lost'
  return response.status === 200 && response.text !== question.answer ? 'wrong' : told(response)
}

const ask = (client: RawClient, { method, path, parts }: Question): Promise<RawResponse | undefined> =>
  client.ask(method, path, parts).catch(() => undefined)

const told = ({ status, headers }: RawResponse): Answer =>
  `${status} ${headers['connection'] === 'close' ? 'close' : 'keep-alive'}`
