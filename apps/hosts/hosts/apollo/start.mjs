import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { resolvers, saysClosed, typeDefs } from './app.mjs'

const apollo = new ApolloServer({ typeDefs, resolvers, plugins: [saysClosed] })
await startStandaloneServer(apollo, { listen: { port: Number(process.env.PORT) } })
