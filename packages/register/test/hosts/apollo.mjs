// Apollo's own server: it stops at the signal, and sends it to itself when it has stopped.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { answer, closed, say } from './answers.mjs'

const apollo = new ApolloServer({
  typeDefs: 'type Query { path(is: String!): String }',
  resolvers: { Query: { path: (_, { is }) => answer(is) } },
  plugins: [{ serverWillStart: async () => ({ serverWillStop: async () => closed() }) }],
  csrfPrevention: false,
  stopOnTerminationSignals: true,
})
const { url } = await startStandaloneServer(apollo, { listen: { port: 0, host: '127.0.0.1' } })
say({ listening: Number(new URL(url).port) })
