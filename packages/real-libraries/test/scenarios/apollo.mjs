// Apollo Server behind Express, with the drain plugin that its documentation asks for.
import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer'
import { expressMiddleware } from '@as-integrations/express5'
import { testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/express'
import express from 'express'
import { closeInHook, follow, patience, slowAnswer } from './begin.mjs'

const lame = graceful(testOptions())
const app = express()
app.use(lame)
const httpServer = createServer(app)
const apollo = new ApolloServer({
  typeDefs: 'type Query { slow: String }',
  resolvers: { Query: { slow: slowAnswer } },
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: patience })],
  csrfPrevention: false,
  stopOnTerminationSignals: false,
})
await apollo.start()
app.use('/slow', express.json(), expressMiddleware(apollo))
closeInHook(lame.lifecycle, () => apollo.stop())
httpServer.listen(0, '127.0.0.1', () => follow(lame.lifecycle, httpServer))
