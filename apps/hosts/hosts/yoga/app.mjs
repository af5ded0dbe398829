import { createSchema, createYoga } from 'graphql-yoga'
import { closed, slow } from '../slow.mjs'

const schema = createSchema({
  typeDefs: 'type Query { quick: String, slow: String }',
  resolvers: { Query: { quick: () => 'quick', slow } },
})

export const yoga = createYoga({ schema, graphqlEndpoint: '/', plugins: [{ onDispose: closed }] })
