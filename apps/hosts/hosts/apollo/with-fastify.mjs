import { ApolloServer } from '@apollo/server'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import Fastify from 'fastify'
import { resolvers, saysClosed, typeDefs } from './app.mjs'

const app = Fastify()
const apollo = new ApolloServer({ typeDefs, resolvers, plugins: [fastifyApolloDrainPlugin(app), saysClosed] })
await apollo.start()
await app.register(fastifyApollo(apollo), { path: '/' })
await app.listen({ port: Number(process.env.PORT) })
