import { closed, slow } from '../slow.mjs'

export const typeDefs = 'type Query { quick: String, slow: String }'
export const resolvers = { Query: { quick: () => 'quick', slow } }
export const saysClosed = { serverWillStart: async () => ({ serverWillStop: async () => closed() }) }
