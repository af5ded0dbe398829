// Apollo's own server: it stops at the signal, and sends it to itself when it has stopped.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle, discoverServers } from '@lameduck/core'
import { follow, slowAnswer } from './begin.mjs'

const lifecycle = createLifecycle(testOptions())
discoverServers((server) => {
  lifecycle.attach(server)
  void lifecycle.ready()
  follow(lifecycle, server)
})
const apollo = new ApolloServer({
  typeDefs: 'type Query { quick: String, slow: String }',
  resolvers: { Query: { quick: () => 'quick', slow: slowAnswer } },
  plugins: [{ serverWillStart: async () => ({ serverWillStop: async () => say({ theirs: true }) }) }],
  csrfPrevention: false,
  stopOnTerminationSignals: true,
})
await startStandaloneServer(apollo, { listen: { port: 0, host: '127.0.0.1' } })
