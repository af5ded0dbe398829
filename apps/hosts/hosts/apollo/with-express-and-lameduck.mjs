import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer'
import { expressMiddleware } from '@as-integrations/express5'
import graceful from '@lameduck/express'
import express from 'express'
import { resolvers, saysClosed, typeDefs } from './app.mjs'

const app = express()
app.use(graceful())
const httpServer = createServer(app)
const plugins = [ApolloServerPluginDrainHttpServer({ httpServer }), saysClosed]
const apollo = new ApolloServer({ typeDefs, resolvers, plugins })
await apollo.start()
app.use('/', express.json(), expressMiddleware(apollo))
httpServer.listen(process.env.PORT)
